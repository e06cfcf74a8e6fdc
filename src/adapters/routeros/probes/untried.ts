import type { ProbeResult } from '../../../ports/hardware-probes.ts'
import { open } from './probe.ts'

const BY_RESTART = 'needs a restart of the appliance'
const BY_SSH = 'is about the console and SSH, whose output this driver reads as JSON'
const BY_TRUST = 'would disturb the connections of others'

/** Points that no probe settles, each with the reason. */
export const UNTRIED: readonly ProbeResult[] = [
  open('poolAfterRestart', BY_RESTART),
  open('overMaxSessions', BY_TRUST),
  open('vanishedClient', 'a connection would have to be lost at a certain moment'),
  open('cancelUnknownTag', 'is about the wire of the binary API, and nothing depends on it'),
  open('sshErrors', BY_SSH),
  open('sshChannels', BY_SSH),
  open('consoleWrap', BY_SSH),
  open('consoleIndent', BY_SSH),
  open('legendWhenEmpty', BY_SSH),
  open('restUnknownId', 'is about REST, over which this driver sends POST only'),
  open('restRefusedChange', 'is about REST, over which this driver sends POST only'),
  open('resourcePolicy', 'it is a matter of REST alone: ask `/rest/system/resource` as a user without `test`'),
  open('firewallEstablished', 'the firewall of the appliance is left alone'),
]
