import type { Command, Outcome } from '../command.ts'
import type { Row } from '../query.ts'
import type { Trap } from '../trap.ts'

/** A request sentence taken apart. */
export interface Request {
  readonly command: Command
  /** Tag to repeat in every reply; `undefined`: an untagged command. */
  readonly tag: string | undefined
}

/** Takes a request apart: first word the command, `=name=value` arguments, `?` queries, `.tag=`, in any order. */
export function parseRequest(words: readonly string[]): Request {
  const [path = '', ...rest] = words
  const args = new Map<string, string>()
  const queries: string[] = []
  let tag: string | undefined
  for (const word of rest) {
    if (word.startsWith('.tag=')) tag = word.slice('.tag='.length)
    else if (word.startsWith('?')) queries.push(word)
    else if (word.startsWith('=')) setArgument(args, word)
    // Other words are API attributes that nobody documents; what a device does with them is unknown.
  }
  return { command: { path, args, queries, service: 'api' }, tag }
}

/** `=name=value`; the value may hold further equals signs and may be left out. */
function setArgument(args: Map<string, string>, word: string): void {
  const at = word.indexOf('=', 1)
  if (at < 0) args.set(word.slice(1), '')
  else args.set(word.slice(1, at), word.slice(at + 1))
}

/** The sentence of a row that comes while its command still works. */
export function partOf(row: Row, tag: string | undefined): string[] {
  return reply('!re', properties(row), tag)
}

/** The sentences that answer a command which succeeded; `!empty` for no rows since 7.18. Every answer ends in `!done`. */
export function answer(outcome: Exclude<Outcome, { stream: unknown }>, tag: string | undefined): string[][] {
  if (!('rows' in outcome)) return [reply('!done', outcome.ret === undefined ? [] : [`=ret=${outcome.ret}`], tag)]
  const { rows } = outcome
  const sentences = rows.length === 0 ? [reply('!empty', [], tag)] : rows.map(row => reply('!re', properties(row), tag))
  return [...sentences, reply('!done', [], tag)]
}

/** The sentences that answer a command which was refused; the category only where the trap has one. */
export function refusal(trap: Trap, tag: string | undefined): string[][] {
  const category = trap.category === undefined ? [] : [`=category=${trap.category}`]
  return [reply('!trap', [...category, `=message=${trap.message}`], tag), reply('!done', [], tag)]
}

/** The untagged sentence after which the device closes the connection; the reason is a bare word. */
export function fatal(reason: string): string[] {
  return ['!fatal', reason]
}

function reply(kind: string, words: readonly string[], tag: string | undefined): string[] {
  return tag === undefined ? [kind, ...words] : [kind, `.tag=${tag}`, ...words]
}

function properties(row: Row): string[] {
  return Array.from(row, ([name, value]) => `=${name}=${value}`)
}
