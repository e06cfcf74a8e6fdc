import { onTestFinished } from 'vitest'
import { DEFAULT_TIMING, type TransportTiming } from '../../src/adapters/routeros/link/session-transport.ts'
import { HostKey } from '../../src/adapters/routeros/ssh/host-key.ts'
import type { SshAccess } from '../../src/adapters/routeros/ssh/ssh-login.ts'
import { SshTransport } from '../../src/adapters/routeros/ssh/ssh-transport.ts'
import { SystemClock } from '../../src/adapters/system/system-clock.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { Recorder } from './routeros-recorder.ts'
import { type ConsoleScript, sshFake, type SshFake, type SshFakeOptions } from './ssh-fake-device.ts'

export interface SshRig {
  readonly transport: SshTransport
  readonly recorder: Recorder
  readonly device: SshFake
}

export interface SshOptions extends SshFakeOptions {
  readonly access?: Partial<SshAccess>
  readonly timing?: Partial<TransportTiming>
  readonly clock?: Clock
}

/** An SSH transport to a device of which every answer is scripted; both end with the test. */
export async function sshRig(script: ConsoleScript, options: SshOptions = {}): Promise<SshRig> {
  const device = await sshFake(script, options)
  const recorder = new Recorder()
  const hostKey = new HostKey({ hostKey: device.hostKey.public })
  const access = { address: '127.0.0.1', port: device.port, hostKey, user: 'csi', password: async () => 'secret' }
  const transport = new SshTransport(
    { ...access, ...options.access },
    { ...DEFAULT_TIMING, wait: 15_000, ...options.timing },
    { clock: options.clock ?? new SystemClock(), log: recorder, telemetry: recorder, random: () => 0 },
  )
  onTestFinished(async () => {
    await transport.close()
    await device.stop()
  })
  return { transport, recorder, device }
}
