import { existsSync } from 'node:fs'
import { KubeConfig } from '@kubernetes/client-node'
import { StorageError } from '../../domain/errors.ts'

const IN_CLUSTER_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/**
 * How to reach the API server: from the file, or from the pod's service account where no path is given. Throws `invalid`
 * where neither is to be had; the message never quotes the file, which holds credentials.
 */
export function loadKubeConfig(path: string | undefined): KubeConfig {
  const config = new KubeConfig()
  if (path === undefined || path === '') loadFromPod(config)
  else loadFromFile(config, path)
  return config
}

/** The namespace that the configuration's current context names, else `default`. */
export function contextNamespace(config: KubeConfig): string {
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? ''
  return namespace === '' ? 'default' : namespace
}

function loadFromPod(config: KubeConfig): void {
  if (process.env['KUBERNETES_SERVICE_HOST'] === undefined || !existsSync(IN_CLUSTER_TOKEN)) {
    throw new StorageError(
      'invalid',
      'not running in a Kubernetes pod with a service account: name a configuration with --kubeconfig',
    )
  }
  config.loadFromCluster()
}

function loadFromFile(config: KubeConfig, path: string): void {
  try {
    config.loadFromFile(path)
  } catch (error) {
    throw new StorageError('invalid', `--kubeconfig ${path} cannot be used: ${whyUnreadable(error)}`)
  }
  const cluster = config.getCurrentCluster()
  if (cluster === null) {
    throw new StorageError('invalid', `--kubeconfig ${path} names no cluster in its current context`)
  }
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify) {
    throw new StorageError(
      'invalid',
      `--kubeconfig ${path}: server ${cluster.server} is not encrypted; say insecure-skip-tls-verify: true to use it`,
    )
  }
}

/** A YAML error's message quotes lines of the file; its `reason` does not. */
function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read'
  if ('code' in error) return String(error.code)
  return 'reason' in error ? `it is no YAML (${String(error.reason)})` : 'it is no kubeconfig'
}
