import { Places } from '../link/places.ts'
import { SessionTransport, type TransportParts, type TransportTiming } from '../link/session-transport.ts'
import type { SshAccess } from './ssh-login.ts'
import { SshSession } from './ssh-session.ts'

/** Channels at a time. The device's own limit is not known; 19 at once blocked an older driver for ever. */
const CHANNELS = 4

/** RouterOS' console over SSH: a few channels on one connection. */
export class SshTransport extends SessionTransport {
  constructor(access: SshAccess, timing: TransportTiming, parts: TransportParts) {
    const name = `${access.address}:${access.port} (SSH)`
    const channels = new Places(CHANNELS)
    super({ name, streams: true, open: signal => SshSession.open(access, channels, signal) }, timing, parts)
  }
}
