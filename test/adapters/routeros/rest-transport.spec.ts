import { describe, expect, it } from 'vitest'
import { TlsTrust } from '../../../src/adapters/routeros/tls-trust.ts'
import { TrapError } from '../../../src/adapters/routeros/transport.ts'
import type { RestCall } from '../../support/rest-fake-device.ts'
import { type RestOptions, restRig } from '../../support/rest-rig.ts'
import { never, until } from '../../support/routeros-transports.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'

const print = { path: '/disk/print' }
const empty = (call: RestCall): void => call.reply(200)

describe('a command over REST', () => {
  it('is a POST with its arguments, what is asked of a row, and which rows', async () => {
    const { transport, device } = await restRig(empty)
    await transport.run(
      {
        path: '/disk/print',
        args: { 'count-only': '' },
        anyOf: [
          ['slot', 'a=b'],
          ['slot', '"$;['],
          ['type', 'file'],
        ],
        properties: ['slot', 'size'],
      },
      never(),
    )
    const [call] = device.heard
    expect(call).toMatchObject({ method: 'POST', path: '/rest/disk/print' })
    expect(call?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('csi:secret').toString('base64')}`,
    })
    expect(JSON.parse(call?.body ?? '')).toEqual({
      'count-only': '',
      '.proplist': ['slot', 'size'],
      '.query': ['slot=a=b', 'slot="$;[', 'type=file', '#||'],
    })
  })

  it('of one property to look for needs no operator', async () => {
    const { transport, device } = await restRig(empty)
    await transport.run({ path: '/disk/print', anyOf: [['slot', 'x']] }, never())
    expect(JSON.parse(device.heard[0]?.body ?? '')).toEqual({ '.query': ['slot=x'] })
  })

  it('answers rows, or the value of an add', async () => {
    const { transport } = await restRig(call =>
      call.path.endsWith('/add')
        ? call.reply(200, { ret: '*2B' })
        : call.reply(200, [{ '.id': '*1', comment: 'žé', e: '' }]),
    )
    const { rows } = await transport.run(print, never())
    expect(rows.map(row => Object.fromEntries(row))).toEqual([{ '.id': '*1', comment: 'žé', e: '' }])
    await expect(transport.run({ path: '/disk/add' }, never())).resolves.toEqual({ rows: [], ret: '*2B' })
  })

  it('waits until the one before it is answered, over one connection', async () => {
    const waiting: RestCall[] = []
    const { transport, device } = await restRig(call => void waiting.push(call))
    const all = Promise.all(['/a', '/b', '/c'].map(path => transport.run({ path }, never())))
    for (const count of [1, 2, 3]) {
      await until(() => waiting.length === count)
      await new Promise(resolve => setImmediate(resolve))
      expect(waiting).toHaveLength(count)
      waiting[count - 1]!.reply(200, [{ at: String(count) }])
    }
    const replies = await all
    expect(replies.map(({ rows }) => rows[0]?.get('at'))).toEqual(['1', '2', '3'])
    expect(device.connections()).toBe(1)
  })

  it('that tells its progress is refused and never sent', async () => {
    const { transport, device } = await restRig(empty)
    expect(transport.streams).toBe(false)
    const over = new AbortController()
    const refused = transport.run({ path: '/disk/copy', progress: () => undefined }, never(), over)
    await expect(refused).rejects.toMatchObject({ kind: 'unsupported', message: expect.stringContaining('/disk/copy') })
    expect(over.signal.aborted).toBe(true)
    expect(device.heard).toEqual([])
  })
})

describe('what the device refuses', () => {
  it.each([
    [400, { detail: 'failure: already have such entry' }, 'failure: already have such entry'],
    [400, { message: 'Bad Request' }, 'Bad Request'],
    [404, { error: 404, message: 'Not Found' }, 'no such item (Not Found)'],
    [404, { message: 'Not Found', detail: 'no such command prefix' }, 'no such command prefix'],
    [500, { detail: 'std failure: not allowed (9)' }, 'std failure: not allowed (9)'],
    [500, { detail: 'not enough permissions (9)' }, 'not enough permissions (9)'],
    [418, {}, 'status 418'],
  ])('with %i is a refusal in its own words', async (status, content, text) => {
    const { transport } = await restRig(call => call.reply(status, { error: status, ...content }))
    const over = new AbortController()
    const error = await transport.run(print, never(), over).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TrapError)
    expect(error).toMatchObject({ message: expect.stringContaining(text), category: undefined })
    expect(over.signal.aborted).toBe(true)
    expect(transport.connected).toBe(true)
  })

  it.each([
    [401, 'wrong name or password, or its group lacks the policy rest-api'],
    [403, 'REST is switched off'],
    [415, 'it does not take JSON'],
  ])('with %i for whoever asks ends the link, and says what to do', async (status, text) => {
    const { transport } = await restRig(call => call.reply(status, '<html>no</html>', { 'content-type': 'text/html' }))
    const failure = { failure: 'not-connected', unclear: false, message: expect.stringContaining(text) }
    await expect(transport.run(print, never())).rejects.toMatchObject(failure)
  })

  it('after a minute is no refusal: the command may go on', async () => {
    const { transport } = await restRig(call => call.reply(400, { message: 'Bad Request', detail: 'Session closed' }))
    const over = new AbortController()
    const failure = { failure: 'timeout', unclear: true, message: expect.stringContaining('the command may go on') }
    await expect(transport.run(print, never(), over)).rejects.toMatchObject(failure)
    expect(over.signal.aborted).toBe(false)
    expect(transport.connected).toBe(true)
  })

  it.each([
    ['no JSON', 200, '[{'],
    ['HTML of something in between', 502, '<html>'],
    ['a row of something else than text', 200, '[{"slot":{"a":"b"}}]'],
  ])('by %s tells nothing of what became of the command', async (_, status, body) => {
    const { transport } = await restRig(call => call.reply(status, body))
    await expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'lost', unclear: true })
  })
})

describe('a link over REST', () => {
  const failing = async (script: (call: RestCall) => void, options: RestOptions) => {
    const clock = new SimulatedClock()
    const rig = await restRig(script, { ...options, clock, timing: { wait: 300 } })
    const running = rig.transport.run(print, never()).catch((error: unknown) => error)
    await until(() => rig.recorder.lines.some(({ message }) => message === 'the appliance cannot be reached'))
    await clock.advance(300)
    return { ...rig, error: (await running) as Error }
  }

  it('is made by the first command, and known to be there', async () => {
    const { transport, device } = await restRig(empty)
    expect([transport.connected, device.connections()]).toEqual([false, 0])
    await transport.run(print, never())
    expect(transport.connected).toBe(true)
  })

  it('never shows its password to a device with another certificate, and tells both fingerprints', async () => {
    const expected = 'AB'.repeat(32)
    const { error, device } = await failing(empty, { access: { trust: new TlsTrust({ fingerprint: expected }) } })
    expect(error.message).toContain(`fingerprint ${device.fingerprint}, expected is AB:AB:AB`)
    expect([device.probes(), device.heard.length]).toEqual([0, 0])
  })

  it('says which policy is missing where the login is allowed nothing', async () => {
    const { error } = await failing(call => call.reply(500, { detail: 'std failure: not allowed (9)' }), {
      tellsIdentity: false,
    })
    expect(error.message).toContain('the device refused "csi": std failure: not allowed (9)')
    expect(error.message).toContain('its group needs the policies rest-api, api and read')
  })

  it('takes up a changed password by itself, and writes none of them anywhere', async () => {
    const passwords = ['old-sésame', 'new-sésame']
    let asked = 0
    const given = (call: RestCall): string =>
      Buffer.from((call.headers.authorization ?? '').slice(6), 'base64').toString('utf8')
    let valid = `csi:${passwords[0]}`
    const { transport, recorder } = await restRig(
      call => (given(call) === valid ? call.reply(200, []) : call.reply(401, { message: 'Unauthorized' })),
      { tellsIdentity: false, access: { password: async () => passwords[asked++] ?? '' } },
    )
    await transport.run(print, never())
    valid = `csi:${passwords[1]}`
    const error = await transport.run(print, never()).catch((reason: unknown) => reason as Error)
    expect(error).toMatchObject({ failure: 'not-connected', unclear: false })
    await expect(transport.run(print, never())).resolves.toMatchObject({ rows: [] })
    const written = recorder.text + String((error as Error).stack) + JSON.stringify(error)
    for (const secret of [...passwords, ...passwords.map(one => Buffer.from(`csi:${one}`).toString('base64'))]) {
      expect(written).not.toContain(secret)
    }
  })
})
