/** How a client reaches the cluster. */
export interface ClusterAccess {
  /** `https://host:port`. */
  readonly url: string
  /** PEM of the authority, in base64. */
  readonly caData: string
  readonly token: string
}

/** A kubeconfig with everything embedded; it holds the token and so is a secret. */
export function kubeconfigFor({ url, caData, token }: ClusterAccess): string {
  return `apiVersion: v1
kind: Config
current-context: simulated
clusters:
  - name: simulated
    cluster:
      server: ${url}
      certificate-authority-data: ${caData}
users:
  - name: simulated
    user:
      token: ${token}
contexts:
  - name: simulated
    context:
      cluster: simulated
      user: simulated
      namespace: default
`
}
