import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect, SshDevice } from './ssh-device.ts'

const ADD = '/disk/add type=file slot=a file-path=storage-pool/v/a.img file-size=1G'

describe('a command over SSH', () => {
  it('says nothing when it changed something, and ends with 0', async () => {
    const talker = await (await SshDevice.start()).connect()
    expect(await talker.run(ADD)).toEqual({ stdout: '', stderr: '', code: 0 })
    expect(await talker.run('/disk/set a comment=x; /disk/remove a')).toEqual({ stdout: '', stderr: '', code: 0 })
  })

  it('has plain lines: no prompt, no echo, no colours', async () => {
    const talker = await (await SshDevice.start()).connect()
    expect(await talker.run('/system/identity/print; :put 2')).toEqual({
      stdout: '  name: MikroTik\r\n2\r\n',
      stderr: '',
      code: 0,
    })
  })

  it.each([
    ['stdoutExit0', { stdout: '1\r\nno such item\r\n', stderr: '', code: 0 }],
    ['stdoutExit1', { stdout: '1\r\nno such item\r\n', stderr: '', code: 1 }],
    ['stderrExit1', { stdout: '1\r\n', stderr: 'no such item\r\n', code: 1 }],
  ] as const)('tells of its refusal by the switch sshErrors: %s', async (sshErrors, said) => {
    const talker = await (await SshDevice.start({ switches: { sshErrors } })).connect()
    expect(await talker.run(':put 1; /disk/remove x; :put 2')).toEqual(said)
  })

  it('tells of a line that it can not read as of any refusal', async () => {
    const talker = await (await SshDevice.start({ switches: { sshErrors: 'stderrExit1' } })).connect()
    expect(await talker.run('/disk/nonsense')).toEqual({
      stdout: '',
      stderr: 'bad command name nonsense (line 1 column 7)\r\n',
      code: 1,
    })
  })

  it('needs the policy of its command', async () => {
    const users = [{ name: 'r', password: 'p', policies: ['ssh', 'read'] as const }]
    const talker = await (await SshDevice.start({ users })).connect({ username: 'r', password: 'p' })
    expect((await talker.run('/disk/print count-only')).stdout).toBe('1\r\n')
    expect((await talker.run(ADD)).stdout).toBe('not enough permissions (9)\r\n')
  })

  it('is as wide as the login name says, as the terminal, or as the switch consoleWrap', async () => {
    const device = await SshDevice.start({ switches: { consoleWrap: '80' } })
    const print = '/disk/print detail'
    const width = (output: string): number => Math.max(...output.split('\r\n').map(line => line.length))
    expect(width((await (await device.connect()).run(print)).stdout)).toBeLessThan(80)
    expect(width((await (await device.connect()).run(print, { pty: { cols: 200 } })).stdout)).toBeGreaterThan(160)
    const named = await device.connect({ username: 'admin+ct4096w' })
    expect((await named.run(print)).stdout.split('\r\n')).toHaveLength(3)
    device.core.state.setSwitches({ consoleWrap: 'none' })
    expect((await (await device.connect()).run(print)).stdout.split('\r\n')).toHaveLength(3)
  })

  it.each([
    ['firstField', 4],
    ['15', 15],
  ] as const)('goes on in a new line by the switch consoleIndent: %s', async (consoleIndent, indent) => {
    const device = await SshDevice.start({ switches: { consoleWrap: '80', consoleIndent } })
    const { stdout } = await (await device.connect()).run(`${ADD}; /disk/print detail where slot="a"`)
    const [, , second = ''] = stdout.split('\r\n')
    expect(second.search(/\S/)).toBe(indent)
  })

  it.each([true, false])('has a legend without any item by the switch legendWhenEmpty: %s', async legendWhenEmpty => {
    const device = await SshDevice.start({ switches: { legendWhenEmpty } })
    const { stdout } = await (await device.connect()).run('/disk/print detail where slot="none"')
    expect(stdout.startsWith('Flags: ')).toBe(legendWhenEmpty)
  })

  it('keeps any text that is quoted by the rules, and does nothing else', async () => {
    const device = await SshDevice.start()
    const talker = await device.connect()
    await talker.run(ADD)
    const part = fc.constantFrom(
      '"',
      '\\',
      '$',
      '[',
      ']',
      '{',
      '}',
      ';',
      '\n',
      '\r',
      '?',
      '(',
      ')',
      '=',
      ' ',
      'é',
      '€',
      '😀',
      'x',
      '/disk remove a',
      '#',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 12 }), async parts => {
        const text = parts.join('')
        const escaped = text
          .replaceAll(/["\\$?]/g, '\\$&')
          .replaceAll('\n', '\\n')
          .replaceAll('\r', '\\r')
        expect(await talker.run(`/disk/set a comment="${escaped}"`)).toEqual({ stdout: '', stderr: '', code: 0 })
        expect(device.comment('a')).toBe(text)
        const { stdout } = await talker.run(
          ':put [:serialize to=json options=json.no-string-conversion [/disk/print detail as-value where slot="a"]]',
        )
        expect(JSON.parse(stdout)).toMatchObject([{ slot: 'a', comment: text }])
      }),
      { numRuns: 60 },
    )
    expect(device.core.state.disks.list()).toHaveLength(1)
  })

  it('shows what an unquoted text would do', async () => {
    const device = await SshDevice.start()
    const talker = await device.connect()
    await talker.run(ADD)
    await talker.run('/disk/set a comment="x"; /disk/remove a; :put "y"')
    expect(device.core.state.disks.list()).toEqual([])
  })

  it('works beside others on the same connection', async () => {
    const device = await SshDevice.start({ latencyMs: 20 })
    const talker = await device.connect()
    const lines = await Promise.all(Array.from({ length: 30 }, (_, at) => talker.run(`:delay 20ms; :put ${at}`)))
    expect(lines.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 30 }, (_, at) => `${at}\r\n`))
  })

  it('writes its progress while it works', async () => {
    const device = await SshDevice.start()
    const talker = await device.connect()
    const channel = await talker.exec(':put "first"; :delay 10; :put "last"')
    const chunk = await new Promise<Buffer>(resolve => void channel.once('data', resolve))
    expect(chunk.toString()).toBe('first\r\n')
    const rest = collect(channel)
    channel.signal('INT')
    expect(await rest).toMatchObject({ stdout: 'interrupted\r\n' })
  })

  it('can be broken off', async () => {
    const device = await SshDevice.start()
    device.core.runner.faults.arm({ kind: 'hang' }, { match: '/disk/print' })
    const talker = await device.connect()
    const channel = await talker.exec('/disk/print')
    const said = collect(channel)
    await expect.poll(() => device.core.log.entries.some(({ path }) => path === '/disk/print')).toBe(true)
    channel.signal('INT')
    expect(await said).toMatchObject({ stdout: 'interrupted\r\n' })
  })
})
