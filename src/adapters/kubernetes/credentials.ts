import type { RequestOptions } from 'node:https'
import type { DispatcherOptions, KubeConfig } from '@kubernetes/client-node'

/** What one request needs besides its content. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  /** How to connect: trust, client certificate, proxy. */
  readonly connection: DispatcherOptions
  /** What must never be seen in a message; empty where there is none. */
  readonly secret: string
}

type Options = Omit<RequestOptions, 'headers'> & { headers: Record<string, string>; servername?: string }

/** Reads them anew: the library looks again at tokens and certificates that are rotated, and runs credential plugins. */
export async function credentialsOf(config: KubeConfig): Promise<Credentials> {
  const options: Options = { headers: {} }
  await config.applyToHTTPSOptions(options)
  const authorization = (options.headers['Authorization'] ?? basic(options.auth)).trim()
  return {
    headers: { ...options.headers, ...(authorization === '' ? {} : { Authorization: authorization }) },
    connection: config.createDispatcherOptions(config.getCurrentCluster(), trustOf(options)),
    secret: authorization.replace(/^\S+\s+/, ''),
  }
}

const basic = (auth: string | null | undefined): string => (auth ? `Basic ${Buffer.from(auth).toString('base64')}` : '')

function trustOf({ ca, cert, key, rejectUnauthorized, servername }: Options) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  }
}
