import { describe, expect, it } from 'vitest'
import { transportTroubleContract } from '../../contracts/transport-trouble.contract.ts'
import { diskAdd, transportContract, transportRig } from '../../contracts/transport.contract.ts'
import { never } from '../../support/routeros-transports.ts'

describe('the transport over ssh', () => {
  transportContract('ssh')
  transportTroubleContract('ssh')
})

describe('the transport over ssh to a device', () => {
  it.each(['stdoutExit0', 'stdoutExit1', 'stderrExit1'] as const)('that refuses by %s hears of it', async sshErrors => {
    const { device, open } = await transportRig('ssh', { switches: { sshErrors } })
    const transport = open()
    await transport.run(diskAdd('a'), never())
    for (const command of [
      diskAdd('a'),
      diskAdd('b', { 'no-such': '1' }),
      { path: '/disk/remove', args: { '.id': 'nobody' } },
      { path: '/nonsense/print' },
      { path: '/disk/copy', args: { src: 'a', dst: 'nobody' }, progress: () => undefined },
    ]) {
      const refused = transport.run(command, never())
      await expect(refused, command.path).rejects.toMatchObject({
        name: 'TrapError',
        message: expect.stringMatching(/\w/),
      })
    }
    expect(device.disks().map(row => row['slot'])).toEqual(['a'])
  })

  it.each(['served', 'refused', 'queued', 'closed'] as const)(
    'by which further channels are %s runs whatever it is asked to, in the end',
    async sshChannels => {
      const { device, open } = await transportRig('ssh', { switches: { sshChannels } })
      const transport = open()
      const slots = Array.from({ length: 12 }, (_, at) => `disk-${at}`)
      const first = await Promise.allSettled(slots.map(slot => transport.run(diskAdd(slot), never())))
      const missing = slots.filter((_, at) => first[at]?.status === 'rejected')
      if (sshChannels !== 'closed') expect(missing).toEqual([])
      // Where the link broke at a channel too many, later ones are one at a time.
      const there = (slot: string): boolean => device.disks().some(row => row['slot'] === slot)
      await Promise.all(missing.filter(slot => !there(slot)).map(slot => transport.run(diskAdd(slot), never())))
      expect(slots.filter(there)).toEqual(slots)
    },
  )

  it.each(['none', '80'] as const)('that wraps its console at %s is read exactly', async consoleWrap => {
    const { open } = await transportRig('ssh', { switches: { consoleWrap } })
    const transport = open()
    const comment = 'x'.repeat(200)
    await transport.run(diskAdd('a', { comment }), never())
    const { rows } = await transport.run({ path: '/disk/print', anyOf: [['slot', 'a']] }, never())
    expect(rows[0]?.get('comment')).toBe(comment)
    expect(rows[0]?.get('file-size')).toBe('1073741824')
  })
})
