import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** What curl says of an answer. */
export interface CurlReply {
  /** 0: there was an answer, whatever its status. */
  readonly exitCode: number
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Why curl can not be used here; undefined where it can. */
export function curlMissing(): string | undefined {
  const { status } = spawnSync('curl', ['--version'])
  return status === 0 ? undefined : 'no curl'
}

/** Runs curl, without any configuration of this machine. */
export async function curl(...args: readonly string[]): Promise<CurlReply> {
  const always = ['--disable', '--silent', '--noproxy', '*', '--globoff', '--include', '--max-time', '15']
  const child = spawn('curl', [...always, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [written, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number]>])
  // A body sent in two steps is answered with `100 Continue` first.
  const [head = '', ...body] = written.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '').split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':')
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
  })
  return { exitCode, status: Number(first.split(' ')[1] ?? 0), headers: new Map(headers), body: body.join('\r\n\r\n') }
}
