import type { ErrorKind } from '../../../domain/errors.ts'
import { kindOf } from '../refusals.ts'
import { TrapError } from '../transport.ts'
import { type Attempt, type Lab, PREFIX, SCRATCH } from './lab.ts'
import { open, type Probe, seen } from './probe.ts'

/** Only the binary API gives categories. */
const hasCategories = (transport: string): boolean => transport.startsWith('api')

const missingItem: Probe = {
  points: ['noSuchItemText', 'noSuchItemCategory'],
  run: async ({ lab, transport }, signal) => {
    const attempt = await lab.attempt({ path: '/disk/remove', args: { '.id': `${PREFIX}nothing` } }, signal)
    if (attempt.done) return [open('noSuchItemText', 'removing what is not there was accepted')]
    const { text, category } = attempt
    const known = /^(?:failure: )?no such item( \(4\))?$/.exec(text)
    return [
      known === null ? open('noSuchItemText', text) : seen('noSuchItemText', known[1] ? 'numbered' : 'plain', text),
      hasCategories(transport)
        ? seen('noSuchItemCategory', category === undefined ? 'missing' : 'present', `category ${category ?? 'none'}`)
        : open('noSuchItemCategory', 'only the binary API has categories'),
    ]
  },
}

const unknownCommand: Probe = {
  points: ['unknownCommandText'],
  run: async ({ lab }, signal) => {
    const attempt = await lab.attempt({ path: '/disk/no-such-thing' }, signal)
    const text = attempt.done ? 'it was accepted' : attempt.text
    const tail = /no such command( prefix| or directory)?/.exec(text)
    if (tail === null) return [open('unknownCommandText', text)]
    return [seen('unknownCommandText', tail[1]?.replace(' or', '').trim() ?? 'command', text)]
  },
}

interface Refusal {
  readonly name: string
  readonly attempt: Attempt
  /** What it should be taken for. */
  readonly kind: ErrorKind
}

const refusals: Probe = {
  points: ['unknownTexts', 'trapCategory'],
  run: async ({ lab, transport }, signal) => {
    const tried = await provoke(lab, signal)
    const refused = tried.flatMap(({ name, attempt, kind }) => (attempt.done ? [] : [{ name, kind, ...attempt }]))
    const understood = refused.filter(({ text, category, kind }) => kindOf(new TrapError(text, category)) === kind)
    const said = refused.map(({ name, text }) => `${name}: "${text}"`).join('; ')
    const texts = refused.length === 0 ? undefined : understood.length === refused.length ? 'guessed' : 'opaque'
    return [
      texts === undefined ? open('unknownTexts', 'nothing was refused') : seen('unknownTexts', texts, said),
      hasCategories(transport)
        ? await categories(lab, refused, signal)
        : open('trapCategory', 'only the binary API has categories'),
    ]
  },
}

async function provoke(lab: Lab, signal: AbortSignal): Promise<readonly Refusal[]> {
  await lab.must(lab.addSized('there'), signal)
  const full = await noSpace(lab, signal)
  return [
    { name: 'duplicate slot', kind: 'conflict', attempt: await lab.attempt(again(lab), signal) },
    {
      name: 'missing folder',
      kind: 'unavailable',
      attempt: await lab.attempt(lab.addSized('lost', { 'file-path': lab.path('none/lost.img') }), signal),
    },
    {
      name: 'file in use',
      kind: 'precondition',
      attempt: await lab.attempt(lab.removeFile(lab.path('there.img')), signal),
    },
    ...(full === undefined ? [] : [{ name: 'no space', kind: 'exhausted', attempt: full } as const]),
  ]
}

const again = (lab: Lab) => lab.addSized('again', { slot: lab.slot('there') })

/** Asks for more than there is. Only where the file system refuses that before it takes anything, which btrfs does. */
async function noSpace(lab: Lab, signal: AbortSignal): Promise<Attempt | undefined> {
  const pool = await lab.pool(signal)
  const free = Number(pool?.get('free'))
  if (pool?.get('fs') !== 'btrfs' || !Number.isSafeInteger(free)) return undefined
  return lab.attempt(lab.add('toolarge', { 'file-size': String(2 * free + SCRATCH) }), signal)
}

async function categories(
  lab: Lab,
  refused: readonly { readonly category: number | undefined }[],
  signal: AbortSignal,
) {
  const wrong = await lab.attempt(lab.addSized('wrong', { 'mount-filesystem': 'perhaps' }), signal)
  const plain = refused.map(({ category }) => category !== undefined)
  if (wrong.done || plain.length === 0) return open('trapCategory', 'nothing was refused')
  const argument = wrong.category !== undefined
  const note = `wrong value: "${wrong.text}", category ${wrong.category ?? 'none'}`
  if (argument && plain.every(Boolean)) return seen('trapCategory', 'all', note)
  return seen('trapCategory', argument || plain.some(Boolean) ? 'some' : 'none', note)
}

/** The words of refusals. */
export const TEXT_PROBES: readonly Probe[] = [missingItem, unknownCommand, refusals]
