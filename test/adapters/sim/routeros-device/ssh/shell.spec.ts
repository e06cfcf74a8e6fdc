import type { ClientChannel } from 'ssh2'
import { describe, expect, it } from 'vitest'
import { LineEditor } from '../../../../../src/adapters/sim/routeros-device/ssh/line-editor.ts'
import { SshDevice } from './ssh-device.ts'

/** Everything that a shell has written so far. */
function screenOf(channel: ClientChannel): () => string {
  let screen = ''
  channel.on('data', (chunk: Buffer) => {
    screen += chunk.toString('utf8')
  })
  return () => screen
}

describe('the shell of the device', () => {
  it('prompts, echoes and answers, in the menu that was entered, until quit', async () => {
    const device = await SshDevice.start()
    device.core.state.system.identity = 'MikroTik-RDS'
    const channel = await (await device.connect()).shell(100)
    const screen = screenOf(channel)
    const ended = new Promise<void>(resolve => void channel.once('close', () => resolve()))
    channel.write('/disk\r')
    channel.write('prinx\u007Ft count-only\r')
    channel.write(':error "no"\r')
    channel.write('/quit\r')
    await ended
    expect(screen()).toBe(
      [
        '[admin@MikroTik-RDS] > /disk',
        '[admin@MikroTik-RDS] /disk> prinx\b \bt count-only',
        '1',
        '[admin@MikroTik-RDS] /disk> :error "no"',
        'no',
        '[admin@MikroTik-RDS] /disk> /quit',
        '',
      ].join('\r\n'),
    )
  })

  it('is as wide as its terminal', async () => {
    const channel = await (await (await SshDevice.start()).connect()).shell(60)
    const screen = screenOf(channel)
    channel.write('/disk/print detail\r')
    await expect.poll(screen).toMatch(/swap=no\s+\[admin@MikroTik\] > $/)
    expect(
      Math.max(
        ...screen()
          .split('\r\n')
          .map(line => line.length),
      ),
    ).toBeLessThan(60)
  })

  it('takes lines without a terminal, and ends with them', async () => {
    const channel = await (await (await SshDevice.start()).connect()).shell()
    const screen = screenOf(channel)
    const ended = new Promise<void>(resolve => void channel.once('close', () => resolve()))
    channel.end(':global x 5\n:put $x\n:put "last"')
    await ended
    expect(screen()).toBe('5\r\nlast\r\n')
  })

  it('breaks a command off with Ctrl-C', async () => {
    const channel = await (await (await SshDevice.start()).connect()).shell(100)
    const screen = screenOf(channel)
    channel.write(':put "begun"; :delay 100\r')
    await expect.poll(screen).toContain('begun\r\n')
    channel.write('\u0003')
    await expect.poll(screen).toMatch(/interrupted\r\n\[admin@MikroTik\] > $/)
  })
})

describe('a line editor', () => {
  const edit = async (text: string): Promise<{ lines: (string | undefined)[]; echoed: string }> => {
    let echoed = ''
    const editor = new LineEditor({ echo: shown => (echoed += shown), interrupt: () => undefined })
    editor.push(text)
    editor.end()
    const lines: (string | undefined)[] = []
    for (let line = await editor.nextLine(); line !== undefined; line = await editor.nextLine()) lines.push(line)
    return { lines, echoed }
  }

  it.each([
    ['a\rb\n', ['a', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['abc\b\bx\r', ['ax']],
    ['\u007Fa\r', ['a']],
    ['a\u001B[A\u001B[Db\r', ['ab']],
    ['a\tb\r', ['ab']],
    ['unfinished', ['unfinished']],
    ['a\r\u0004b\r', ['a']],
  ])('makes of %j the lines %j', async (text, lines) => {
    expect((await edit(text)).lines).toEqual(lines)
  })

  it('gives an empty line for one that was broken off', async () => {
    const editor = new LineEditor({ echo: () => undefined, interrupt: () => undefined })
    const line = editor.nextLine()
    editor.push('half\u0003')
    expect(await line).toBe('')
  })
})
