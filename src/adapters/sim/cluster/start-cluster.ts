import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { apiServer } from './api-server.ts'
import { makeCertificates } from './certificates.ts'
import type { ClusterState } from './cluster-state.ts'
import { connectionCutter } from './connections.ts'
import { Faults } from './faults.ts'
import { kubeconfigFor } from './kubeconfig.ts'
import { parseListenAddress } from './listen-address.ts'
import { ObjectStore } from './object-store.ts'
import { seed } from './seed.ts'
import { type StoreAccess, storeAccess } from './store-access.ts'

/** How the cluster starts; every member has a default. */
export interface ClusterOptions {
  /** `host:port`; port 0 takes a free one. Default `127.0.0.1:0`. */
  readonly listen?: string
  /** Names of the nodes that exist from the start, all Ready. */
  readonly nodes?: readonly string[]
  /** UID of the `kube-system` namespace, which names the cluster. */
  readonly clusterUid?: string
  /** Bearer token of the one user; a random one by default. */
  readonly token?: string
  /** Milliseconds since the epoch, for the timestamps that the server sets. */
  readonly now?: () => number
  /** How many changes per kind are remembered at least, for watches and paged lists. Default 10,000. */
  readonly historyLength?: number
  /** How often a watch that asked for bookmarks gets one. Default a minute. */
  readonly bookmarkMillis?: number
}

/** A cluster that serves. */
export interface RunningCluster {
  /** `https://host:port`. */
  readonly url: string
  /** Text of a kubeconfig; holds the token. */
  readonly kubeconfig: string
  readonly token: string
  /** PEM of the authority that signed the server's certificate, in base64. */
  readonly caData: string
  readonly store: StoreAccess
  readonly faults: Faults
  /** Ends every connection and stops serving. */
  close(): Promise<void>
}

/** UID of `kube-system` unless told otherwise: always the same, so that what is derived from it is too. */
export const DEFAULT_CLUSTER_UID = '6f1d2c3b-8a94-4e57-b0c1-5d2e7f8a9b30'

const KEEP_ALIVE_MILLIS = 90_000
const DEFAULT_HISTORY = 10_000
const DEFAULT_BOOKMARK_MILLIS = 60_000

async function listen(server: Server, address: string): Promise<string> {
  const { host, port } = parseListenAddress(address)
  server.listen(port, host)
  await once(server, 'listening')
  const bound = server.address() as AddressInfo
  return `https://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

/** Starts a cluster over HTTPS. Throws RangeError for a wrong address and what the socket throws when it can't be had. */
export async function startCluster(options: ClusterOptions = {}): Promise<RunningCluster> {
  const address = options.listen ?? '127.0.0.1:0'
  const store = new ObjectStore(options.historyLength ?? DEFAULT_HISTORY)
  const state: ClusterState = { store, now: options.now ?? Date.now }
  seed(state, options.nodes ?? [], options.clusterUid ?? DEFAULT_CLUSTER_UID)
  const faults = new Faults(() => store.compact())
  const token = options.token ?? randomBytes(24).toString('base64url')
  const bookmarkMillis = options.bookmarkMillis ?? DEFAULT_BOOKMARK_MILLIS
  const { ca, cert, key } = await makeCertificates(parseListenAddress(address).host)
  const server = createServer({ cert, key, keepAliveTimeout: KEEP_ALIVE_MILLIS })
  server.on('request', apiServer({ state, faults, token, bookmarkMillis, cut: connectionCutter(server) }))
  const url = await listen(server, address)
  const caData = Buffer.from(ca).toString('base64')
  return {
    url,
    kubeconfig: kubeconfigFor({ url, caData, token }),
    token,
    caData,
    store: storeAccess(state),
    faults,
    close: () => close(server),
  }
}
