import { SessionTransport, type TransportParts, type TransportTiming } from '../link/session-transport.ts'
import { type RestAccess, RestSession } from './rest-session.ts'

/** Below the 60 s after which the device ends a request without a word on what becomes of its command. */
const LONGEST_COMMAND = 55_000

/** RouterOS' REST interface: one request at a time, none longer than a minute. */
export class RestTransport extends SessionTransport {
  constructor(access: RestAccess, timing: TransportTiming, parts: TransportParts) {
    const name = `${access.address}:${access.port} (REST)`
    const open = (signal: AbortSignal): Promise<RestSession> => RestSession.open(access, signal)
    super({ name, streams: false, open, longest: LONGEST_COMMAND }, timing, parts)
  }
}
