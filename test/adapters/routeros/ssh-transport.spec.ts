import { describe, expect, it } from 'vitest'
import { TrapError } from '../../../src/adapters/routeros/transport.ts'
import { never, until } from '../../support/routeros-transports.ts'
import type { ConsoleCall } from '../../support/ssh-fake-device.ts'
import { sshRig } from '../../support/ssh-rig.ts'

const print = { path: '/disk/print' }
const json = (content: unknown) => (call: ConsoleCall) => call.reply(`${JSON.stringify(content)}\r\n`)

describe('a command over SSH', () => {
  it('is one line, and its rows come as JSON', async () => {
    const { transport, device } = await sshRig(
      json([{ '.id': '*1', slot: 'a', size: 16003143565312, disabled: false }]),
    )
    const { rows } = await transport.run({ ...print, anyOf: [['slot', 'a']], properties: ['slot'] }, never())
    expect(device.heard).toEqual([
      ':put [:serialize to=json options=json.no-string-conversion [/disk/print detail proplist=slot as-value where slot="a"]]',
    ])
    expect(rows.map(row => Object.fromEntries(row))).toEqual([
      { '.id': '*1', slot: 'a', size: '16003143565312', disabled: 'false' },
    ])
  })

  it('that worked prints nothing', async () => {
    const { transport } = await sshRig(call => call.reply())
    const over = new AbortController()
    await expect(transport.run({ path: '/disk/add' }, never(), over)).resolves.toEqual({ rows: [], ret: undefined })
    expect(over.signal.aborted).toBe(true)
  })

  it('shares one connection with others, four at a time', async () => {
    const waiting: ConsoleCall[] = []
    const { transport, device } = await sshRig(call => void waiting.push(call))
    const all = Promise.all(
      Array.from({ length: 20 }, (_, at) => transport.run({ path: `/command/number-${at}` }, never())),
    )
    for (let answered = 0; answered < 20; answered += 1) {
      await until(() => waiting.length > 0)
      expect(waiting.length).toBeLessThanOrEqual(4)
      waiting.shift()!.reply()
    }
    await all
    expect(device.connections()).toBe(1)
    // The channel that asks for the release is closed before.
    expect(device.most()).toBeLessThanOrEqual(4)
  })

  it('waits for another one to end where the device opens no more channels', async () => {
    const waiting: ConsoleCall[] = []
    const { transport, device } = await sshRig(call => void waiting.push(call), { channels: () => 2 })
    const all = Promise.all(Array.from({ length: 10 }, () => transport.run({ path: '/x' }, never())))
    for (let answered = 0; answered < 10; answered += 1) {
      await until(() => waiting.length > 0)
      waiting.shift()!.reply()
    }
    await all
    expect(device.heard).toHaveLength(10)
  })

  it('is refused, and not in doubt, where the device opens none at all', async () => {
    let channels = 1
    const { transport, device } = await sshRig(call => call.reply(), { channels: () => channels })
    await transport.run({ path: '/x' }, never())
    channels = 0
    const over = new AbortController()
    const failure = { failure: 'not-connected', unclear: false, message: expect.stringContaining('opens no channel') }
    await expect(transport.run({ path: '/y' }, never(), over)).rejects.toMatchObject(failure)
    expect(over.signal.aborted).toBe(true)
    expect(device.heard).toEqual(['/x'])
  })
})

describe('what the device refuses on the console', () => {
  it.each([
    ['on stdout with exit code 0', 'failure: already have such entry\r\n', '', 0],
    ['on stdout with exit code 1', 'failure: already have such entry\r\n', '', 1],
    ['on stderr with exit code 1', '', 'failure: already have such entry\r\n', 1],
  ])('is a refusal %s', async (_, stdout, stderr, code) => {
    const { transport } = await sshRig(({ channel, reply }) => {
      if (stderr !== '') channel.stderr.write(stderr)
      reply(stdout, code)
    })
    for (const command of [{ path: '/disk/add' }, print, { path: '/disk/copy', progress: () => undefined }]) {
      const over = new AbortController()
      const error = await transport.run(command, never(), over).catch((reason: unknown) => reason)
      expect(error, command.path).toBeInstanceOf(TrapError)
      expect(error).toMatchObject({ message: 'failure: already have such entry', category: undefined })
      expect(over.signal.aborted).toBe(true)
    }
    expect(transport.connected).toBe(true)
  })

  it.each([
    ['bad parameter slut (line 1 column 11)', 'bad parameter slut'],
    ['expected end of command (line 1 column 20)', 'expected end of command'],
    ['no such item', 'no such item'],
    ['some text that nobody has seen yet', 'some text that nobody has seen yet'],
    ['two lines\r\nof text', 'two lines; of text'],
  ])('is told in its own words: %s', async (printed, told) => {
    const { transport } = await sshRig(call => call.reply(`${printed}\r\n`))
    await expect(transport.run({ path: '/disk/add' }, never())).rejects.toMatchObject({
      name: 'TrapError',
      message: told,
    })
    await expect(transport.run(print, never())).rejects.toMatchObject({ name: 'TrapError', message: told })
  })

  it('without a word is told by its exit code', async () => {
    const { transport } = await sshRig(call => call.reply('', 7))
    await expect(transport.run(print, never())).rejects.toMatchObject({
      message: expect.stringContaining('exit code 7'),
    })
  })
})

describe('output that is not the whole reply', () => {
  it.each([
    ['is cut off', '[{"slot":"a"'],
    ['is empty', ''],
    ['has rounded numbers', '[{"size":1234.000000}]'],
    ['has rows within rows', '[{"slot":{"a":"b"}}]'],
    ['has something else than rows', '["a"]'],
  ])('and %s tells nothing', async (_, printed) => {
    const { transport } = await sshRig(call => call.reply(printed))
    await expect(transport.run(print, never())).rejects.toMatchObject({
      name: 'LinkError',
      failure: 'lost',
      unclear: true,
    })
  })

  it('for want of an exit code is in doubt', async () => {
    const { transport } = await sshRig(({ channel }) => {
      channel.write('[]\r\n')
      channel.end()
      channel.close()
    })
    const over = new AbortController()
    await expect(transport.run(print, never(), over)).rejects.toMatchObject({ failure: 'lost', unclear: true })
    expect(over.signal.aborted).toBe(false)
  })
})

describe('a command that tells its progress over SSH', () => {
  it('hands on each line as it comes, wherever the stream is cut, and colours are dropped', async () => {
    const told: string[] = []
    const { transport } = await sshRig(({ channel, reply }) => {
      channel.write('  status: 1 / 10 (10%)\r\n  sta')
      channel.write('tus: \x1b[1m5 / 10\x1b[0m (50%)\r')
      reply('status: 10 / 10 (100%)\r\n\r\n')
    })
    const progress = (row: ReadonlyMap<string, string>): void => void told.push(row.get('status') ?? '?')
    const copied = transport.run({ path: '/disk/copy', args: { src: 'a', dst: 'b' }, progress }, never())
    await expect(copied).resolves.toEqual({ rows: [], ret: undefined })
    expect(told).toEqual(['1 / 10 (10%)', '5 / 10 (50%)', '10 / 10 (100%)'])
  })

  it('is a refusal where it ends with one', async () => {
    const { transport } = await sshRig(call => call.reply('status: 1 / 10 (10%)\r\nfailure: no such item\r\n'))
    const copied = transport.run({ path: '/disk/copy', progress: () => undefined }, never())
    await expect(copied).rejects.toMatchObject({ name: 'TrapError', message: 'failure: no such item' })
  })

  it('is stopped by the end of its channel when it is given up, and may go on for all that is known', async () => {
    const begun = Promise.withResolvers<ConsoleCall>()
    const { transport } = await sshRig(call => begun.resolve(call))
    const stop = new AbortController()
    const over = new AbortController()
    const copied = transport.run({ path: '/disk/copy', progress: () => undefined }, stop.signal, over)
    const { channel } = await begun.promise
    const closed = new Promise(resolve => channel.once('close', resolve))
    channel.resume()
    stop.abort(new Error('not needed any more'))
    await expect(copied).rejects.toThrow('not needed any more')
    await closed
    expect(over.signal.aborted).toBe(false)
  })

  it('fails with what its listener throws', async () => {
    const { transport } = await sshRig(call => call.reply('status: 1\r\nstatus: 2\r\n'))
    const progress = (): void => {
      throw new Error('enough')
    }
    await expect(transport.run({ path: '/disk/copy', progress }, never())).rejects.toThrow('enough')
  })
})
