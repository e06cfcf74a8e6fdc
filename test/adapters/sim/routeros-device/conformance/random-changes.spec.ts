import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { startDevice } from '../../../../../src/adapters/sim/routeros-device/start-device.ts'
import { LOCAL } from '../api-talker.ts'
import { fileDisk, GIB } from '../model-device.ts'
import { stateOf, SUBVOLUME } from './changes.ts'
import { type Args, type ServiceName, SERVICES } from './service-client.ts'

const NAMES = Object.keys(SERVICES) as ServiceName[]

type Change = readonly [path: string, args: Args]

const slot = fc.constantFrom('s0', 's1', 's2')
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...`"\\$[]{}();?'=# \n\t`.split('')) }),
)
const yesOrNo = fc.constantFrom('yes', 'no')
const gigabytes = fc.constantFrom(1, 2, 2 ** 20).map(size => String(size * GIB))
const file = { type: fc.constant('file'), 'file-path': fc.constant('storage-pool/v/s0.img') }
const fs = fc.constant('storage-pool-fs')
const subvolume = fc.constantFrom('a', 'b', 'c')
const change = <A extends object>(path: string, args: fc.Arbitrary<A>): fc.Arbitrary<Change> =>
  args.map(made => [path, made as unknown as Args] as const)

/** Anything that a client may ask for, much of it refused. */
const anyChange: fc.Arbitrary<Change> = fc.oneof(
  change('/disk/add', slot.map(fileDisk)),
  change('/disk/add', fc.record({ ...file, slot: text, comment: text, 'file-size': fc.constant(String(GIB)) })),
  change('/disk/add', fc.record({ ...file, slot })),
  change('/disk/set', fc.record({ numbers: slot, comment: text })),
  change('/disk/set', fc.record({ numbers: slot, 'nvme-tcp-export': yesOrNo, 'nvme-tcp-server-nqn': text })),
  change('/disk/set', fc.record({ numbers: slot, 'file-size': gigabytes })),
  change('/disk/set', fc.record({ numbers: slot, slot })),
  change('/disk/remove', fc.record({ numbers: slot })),
  change(
    '/file/remove',
    slot.map(name => ({ numbers: `storage-pool/v/${name}.img` })),
  ),
  change(
    '/file/add',
    text.map(name => ({ name: `storage-pool/v/${name}`, type: 'directory' })),
  ),
  change('/system/identity/set', fc.record({ name: text })),
  change(`${SUBVOLUME}/add`, fc.record({ fs, name: subvolume })),
  change(`${SUBVOLUME}/add`, fc.record({ fs, name: subvolume, parent: subvolume })),
  change(`${SUBVOLUME}/remove`, fc.record({ numbers: subvolume })),
)

function start(): Promise<RunningDevice> {
  const directories = ['storage-pool/v']
  const services = { api: LOCAL, restPlain: LOCAL, ssh: LOCAL, hostKeyType: 'ed25519' } as const
  const [password, uuid] = ['x', '40437dbc-2318-45dc-817b-b3bb95cf48ab']
  return startDevice({ ...services, directories, password, pool: { uuid }, now: () => new Date(0) })
}

/** What became of the changes over one service. */
async function carryOut(service: ServiceName, changes: readonly Change[]) {
  const device = await start()
  try {
    const client = await SERVICES[service](device, { user: 'admin', password: 'x' })
    const refused: boolean[] = []
    for (const [path, args] of changes) refused.push('refused' in (await client.run(path, args)))
    const read = await client.print('/disk', ['slot', 'comment', 'file-path', 'file-size'], { type: 'file' })
    return { refused, read, state: stateOf(device) }
  } finally {
    await device.stop()
  }
}

describe('any changes', () => {
  it('leave the same behind and read back the same, over whichever service they come', {
    timeout: 60_000,
  }, async () => {
    const runs = fc.asyncProperty(fc.array(anyChange, { minLength: 15, maxLength: 30 }), async changes => {
      const [api, ...others] = await Promise.all(NAMES.map(service => carryOut(service, changes)))
      for (const other of others) expect(other).toEqual(api)
    })
    await fc.assert(runs, { numRuns: 12 })
  })
})
