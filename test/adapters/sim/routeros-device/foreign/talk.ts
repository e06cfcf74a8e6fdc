import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A query of librouteros: its conditions by their operator, and what combines them. */
export type Condition =
  | readonly ['==' | '!=' | '<' | '>', string, string | number | boolean]
  | readonly ['in', string, readonly string[]]
  | readonly ['and' | 'or', ...Condition[]]

type Value = string | number | boolean
type Arguments = Readonly<Record<string, Value>>

/** One call of librouteros' own interface. */
export type Step =
  | { readonly do: 'all'; readonly path: string }
  | { readonly do: 'select'; readonly path: string; readonly keys?: readonly string[]; readonly where?: Condition[] }
  | { readonly do: 'add' | 'update'; readonly path: string; readonly args: Arguments }
  | { readonly do: 'remove'; readonly path: string; readonly ids: readonly string[] }
  | { readonly do: 'call'; readonly path: string; readonly command: string; readonly args?: Arguments }

/** What librouteros made of the answer: it reads whole numbers and true and false as such. */
export type Result =
  | { readonly value: unknown }
  | { readonly error: string; readonly message: string; readonly category: number | null }

/** Whom to talk to, and what to do. */
export interface Order {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** File with what the device's certificate is verified by; without it the connection is plain. */
  readonly ca?: string
  readonly steps: readonly Step[]
}

const program = join(import.meta.dirname, 'talk.py')

/** The results of all steps, or the one error that kept librouteros from connecting. Rejects when Python fails. */
export async function talk(folder: string, order: Order): Promise<readonly Result[]> {
  const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn('python3', [program], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const closed = once(child, 'close')
  child.stdin.end(JSON.stringify(order))
  const written = await text(child.stdout)
  const [code] = (await closed) as [number | null]
  if (code !== 0) throw new Error(`talk.py ended with ${code}`)
  return JSON.parse(written) as readonly Result[]
}
