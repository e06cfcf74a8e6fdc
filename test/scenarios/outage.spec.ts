import { describe, expect, it } from 'vitest'
import { CallFailed } from '../../src/demo/csi-client.ts'
import { Rig, valueOf } from './rig.ts'

const STATE = 'rds_csi_rds_connection_state'
/** Silence is taken for the end of a connection after this long. */
const NOTICED = 60_000
const HELD = 'rds_csi_nvme_connections_active'

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'OK',
    (error: unknown) => (error instanceof CallFailed ? error.code : String(error)),
  )

/** Both ways in which an appliance can be away. */
const WAYS = {
  'refuses connections': {
    away: async ({ device }: Rig) => {
      await device.refuseConnections(true)
      device.dropConnections('reset')
    },
    back: ({ device }: Rig) => device.refuseConnections(false),
    atFirst: ['UNAVAILABLE'],
  },
  'falls silent': {
    away: async ({ device }: Rig) => {
      device.forgetConnections()
      device.ignoreConnections(true)
    },
    back: async ({ device }: Rig) => device.ignoreConnections(false),
    // Nobody can tell silence from slowness before the caller's own deadline.
    atFirst: ['UNAVAILABLE', 'DEADLINE_EXCEEDED'],
  },
} as const

describe.each(Object.entries(WAYS))('an appliance that %s for a while', (_, { away, back, atFirst }) => {
  it('makes attaching and detaching fail, soon as unavailable, changes no seat, and is found again', {
    timeout: 120_000,
  }, async () => {
    const rig = await Rig.start()
    const [held, wanted] = [await rig.provision(), await rig.provision({ claim: 'wanted', access: 'ReadWriteOnce' })]
    const workload = await rig.run(held, 'node-a')

    await away(rig)
    const answers = await Promise.all([
      codeOf(rig.attacher.attach(wanted, 'node-b')),
      codeOf(rig.attacher.detach(held, 'node-a')),
    ])
    for (const answer of answers) expect(atFirst).toContain(answer)
    await rig.eventually(async () => {
      expect(await codeOf(rig.attacher.attach(wanted, 'node-b'))).toBe('UNAVAILABLE')
    }, NOTICED)
    const during = await rig.metrics(rig.controller)
    expect(valueOf(during, STATE)).toBe(0)
    expect(valueOf(during, HELD)).toBe(1)
    expect(valueOf(during, 'rds_csi_attachment_attach_total', { status: 'failure' })).toBeGreaterThan(0)
    expect(valueOf(during, 'rds_csi_attachment_detach_total', { status: 'failure' })).toBeGreaterThan(0)
    await workload.write(0, 'the data path is another one')

    await back(rig)
    await rig.eventually(() => rig.attacher.finishDetach(held, 'node-a'), 30_000)
    const late = await rig.run(wanted, 'node-b')
    await late.write(0, 'here at last')
    const after = await rig.metrics(rig.controller)
    expect(valueOf(after, STATE)).toBe(1)
    expect(valueOf(after, HELD)).toBe(1)
    expect(valueOf(after, 'rds_csi_rds_reconnect_total', { status: 'success' })).toBeGreaterThan(0)
    await rig.eventually(async () => {
      expect((await rig.events(held)).map(({ reason }) => reason)).toEqual(['VolumeAttached', 'VolumeDetached'])
    })
  })
})

describe('an appliance that loses power', () => {
  it('has its exports and its data when it is back, and nodes find their volumes again', {
    timeout: 60_000,
  }, async () => {
    const rig = await Rig.start({ nodes: ['node-a'] })
    const volume = await rig.provision({ parameters: { reconnectDelay: '1' } })
    const workload = await rig.run(volume, 'node-a')
    await workload.write(0, 'before')
    await rig.device.die()
    await expect(workload.read(0, 6)).rejects.toThrow()
    await rig.device.restart()
    await rig.eventually(async () => expect(await workload.read(0, 6)).toBe('before'), 20_000)
    await workload.end()
    await rig.eventually(() => rig.attacher.detach(volume, 'node-a'), 20_000)
  })
})
