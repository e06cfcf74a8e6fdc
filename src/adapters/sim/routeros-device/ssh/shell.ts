import { StringDecoder } from 'node:string_decoder'
import type { DeviceCore } from '../device-core.ts'
import type { ConsoleSession } from '../console/console-session.ts'
import type { CommandChannel } from './command-channel.ts'
import { LineEditor } from './line-editor.ts'

/** What a shell is told. */
export interface ShellOptions {
  readonly core: DeviceCore
  readonly user: string
  readonly console: ConsoleSession
  /** Columns of the terminal at this moment; `undefined`: there is no terminal, and so no echo and no prompt. */
  columns(): number | undefined
}

/** The console for somebody who types: prompt, line, answer, until `/quit`, Ctrl-D or the end of the input. */
export async function runShell(commands: CommandChannel, options: ShellOptions): Promise<void> {
  const { channel } = commands
  const editor = new LineEditor({
    echo: text => {
      if (options.columns() !== undefined) commands.write(text)
    },
    interrupt: () => commands.interrupt(),
  })
  const decoder = new StringDecoder('utf8')
  channel.on('data', (chunk: Buffer) => editor.push(decoder.write(chunk)))
  channel.once('end', () => editor.end())
  channel.once('close', () => editor.end())
  for (;;) {
    if (options.columns() !== undefined) commands.write(prompt(options))
    const line = await editor.nextLine()
    if (line === undefined || /^\s*\/?quit\s*$/.test(line)) break
    const end = await commands.run(line, options.columns())
    if (end === 'lost') return
    if (end.error !== undefined) commands.write(Buffer.concat([end.error, Buffer.from('\r\n')]))
  }
  if (!channel.writable) return
  channel.exit(0)
  channel.end()
}

function prompt({ core, user, console: { menu } }: ShellOptions): string {
  return `[${user}@${core.state.identity}] ${menu === '' ? '' : menu}> `
}
