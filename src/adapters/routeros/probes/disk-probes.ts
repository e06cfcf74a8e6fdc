import { bytesOf, isTrue } from '../disk-row.ts'
import { type Attempt, type Lab, ProbeFailed, SCRATCH } from './lab.ts'
import { open, type Probe, seen } from './probe.ts'

const words = (attempt: Attempt): string => (attempt.done ? 'accepted' : `refused: ${attempt.text}`)
/** 32 characters were measured, 40 were taken by an older release. */
const LIMIT = 32

const slotLength: Probe = {
  points: ['slotMaxLength'],
  run: async ({ lab }, signal) => {
    const named = (length: number) => lab.slot('').padEnd(length, 'x')
    const longer = await lab.attempt(lab.addSized('long', { slot: named(64) }), signal)
    if (longer.done) return [seen('slotMaxLength', 'Infinity', '64 characters were accepted')]
    const beyond = await lab.attempt(lab.addSized('beyond', { slot: named(LIMIT + 1) }), signal)
    const limit = await lab.attempt(lab.addSized('limit', { slot: named(LIMIT) }), signal)
    const note = `64: ${words(longer)}; ${LIMIT + 1}: ${words(beyond)}; ${LIMIT}: ${words(limit)}`
    return [!beyond.done && limit.done ? seen('slotMaxLength', LIMIT.toString(), note) : open('slotMaxLength', note)]
  },
}

const existingFile: Probe = {
  points: ['addWithExistingFile'],
  run: async ({ lab }, signal) => {
    await lab.must(lab.addSized('kept'), signal)
    await lab.must(lab.removeDisk('kept'), signal)
    const attempt = await lab.attempt(lab.add('kept', { 'file-size': String(2 * SCRATCH) }), signal)
    if (!attempt.done) return [seen('addWithExistingFile', 'refused', attempt.text)]
    const bytes = bytesOf((await lab.disk('kept', signal))?.get('file-size') ?? '')
    const how = bytes === 2 * SCRATCH ? 'resized' : bytes === SCRATCH ? 'attached' : undefined
    const note = `it has ${bytes ?? 'no'} bytes, had ${SCRATCH}`
    return [how === undefined ? open('addWithExistingFile', note) : seen('addWithExistingFile', how, note)]
  },
}

const sameFile: Probe = {
  points: ['sameFileTwice'],
  run: async ({ lab }, signal) => {
    await lab.must(lab.addSized('one'), signal)
    const second = await lab.attempt(lab.add('two', { 'file-path': lab.path('one.img') }), signal)
    return [seen('sameFileTwice', second.done ? 'accepted' : 'refused', words(second))]
  },
}

const missingFolder: Probe = {
  points: ['missingDirectory'],
  run: async ({ lab }, signal) => {
    const attempt = await lab.attempt(lab.addSized('lost', { 'file-path': lab.path('none/lost.img') }), signal)
    if (!attempt.done) return [seen('missingDirectory', 'refused', attempt.text)]
    const row = await lab.disk('lost', signal)
    const empty = isTrue(row?.get('empty') ?? '') || bytesOf(row?.get('size') ?? '') === undefined
    return [seen('missingDirectory', empty ? 'emptyItem' : 'created')]
  },
}

const growth: Probe = {
  points: ['setFileSize'],
  run: async ({ lab }, signal) => {
    await lab.must(lab.addSized('grown'), signal)
    const grown = await lab.attempt(lab.set('grown', { 'file-size': String(2 * SCRATCH) }), signal)
    const after = bytesOf((await lab.disk('grown', signal))?.get('file-size') ?? '')
    const shrunk = await lab.attempt(lab.set('grown', { 'file-size': String(SCRATCH) }), signal)
    const last = bytesOf((await lab.disk('grown', signal))?.get('file-size') ?? '')
    const note = `growing: ${words(grown)}, then ${after} bytes; shrinking: ${words(shrunk)}, then ${last} bytes`
    return [seen('setFileSize', after === 2 * SCRATCH ? 'grows' : 'refused', note)]
  },
}

const itemIds: Probe = {
  points: ['idStability'],
  run: async ({ lab }, signal) => {
    const idOf = async (name: string): Promise<string | undefined> => {
      await lab.must(lab.addSized(name), signal)
      return (await lab.disk(name, signal))?.get('.id')
    }
    const first = await idOf('first')
    await lab.must(lab.removeDisk('first'), signal)
    const second = await idOf('second')
    if (first === undefined || second === undefined) return [open('idStability', 'no ids are told')]
    if (first === second) return [seen('idStability', 'reused', `${first} was given anew`)]
    return [open('idStability', `${first} was not given anew; whether a restart renumbers was not tried`)]
  },
}

const failedAdd: Probe = {
  points: ['failedAddLeavesFile'],
  run: async ({ lab }, signal) => {
    await lab.must(lab.addSized('taken'), signal)
    const attempt = await lab.attempt(lab.addSized('left', { slot: lab.slot('taken') }), signal)
    if (attempt.done) throw new ProbeFailed('a second disk in the same slot was accepted')
    const file = await lab.file(lab.path('left.img'), signal)
    const bytes = bytesOf(file?.get('size') ?? '')
    const how = file === undefined ? 'nothing' : bytes === 0 ? 'empty' : 'partial'
    return [seen('failedAddLeavesFile', how, `slot taken: ${attempt.text}`)]
  },
}

const comments: Probe = {
  points: ['longest comment', 'longComment'],
  run: async ({ lab }, signal) => {
    await lab.must(lab.addSized('noted'), signal)
    const lengths = [128, 256, 520, 1024, 2048, 4096]
    const kept: number[] = []
    let refusal = ''
    for (const length of lengths) {
      const { isKept, text } = await comment(lab, 'c'.repeat(length), signal)
      if (isKept) kept.push(length)
      refusal ||= text
    }
    const beyond = refusal === '' ? 'cut' : 'refused'
    return [
      seen('longComment', kept.length === lengths.length ? 'kept' : beyond, refusal),
      seen('longest comment', String(kept.at(-1) ?? 0), `of ${lengths.join(', ')} characters, read back unchanged`),
    ]
  },
}

/** Whether a comment reads back as it was set, and with which text it was refused. */
async function comment(lab: Lab, text: string, signal: AbortSignal): Promise<{ isKept: boolean; text: string }> {
  const attempt = await lab.attempt(lab.set('noted', { comment: text }), signal)
  if (!attempt.done) return { isKept: false, text: attempt.text }
  return { isKept: (await lab.disk('noted', signal))?.get('comment') === text, text: '' }
}

/** How disks of type `file` are made and changed. */
export const DISK_PROBES: readonly Probe[] = [
  slotLength,
  existingFile,
  sameFile,
  missingFolder,
  growth,
  itemIds,
  failedAdd,
  comments,
]
