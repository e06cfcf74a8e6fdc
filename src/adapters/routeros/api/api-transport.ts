import { SessionTransport, type TransportParts, type TransportTiming } from '../link/session-transport.ts'
import type { MakeConnection } from './api-connection.ts'
import { type ApiAccess, ApiSession } from './api-session.ts'
import { LibraryConnection } from './library-connection.ts'
import { OwnConnection } from './own-connection.ts'

/** What opens the connection: the library, or Node's sockets and nothing else. */
export const API_CLIENTS = ['node-routeros', 'own'] as const
export type ApiClient = (typeof API_CLIENTS)[number]

const CLIENTS: Readonly<Record<ApiClient, MakeConnection>> = {
  'node-routeros': options => new LibraryConnection(options),
  own: options => new OwnConnection(options),
}

export interface ApiClientAccess extends ApiAccess {
  readonly client?: ApiClient
}

/** RouterOS' binary API: one connection, on which commands overlap. */
export class ApiTransport extends SessionTransport {
  constructor(
    { client = 'node-routeros', ...access }: ApiClientAccess,
    timing: TransportTiming,
    parts: TransportParts,
  ) {
    const name = `${access.address}:${access.port}`
    super({ name, streams: true, open: signal => ApiSession.open(access, CLIENTS[client], signal) }, timing, parts)
  }
}
