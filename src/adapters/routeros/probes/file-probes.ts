import { fileName } from '../device-path.ts'
import { type Lab, SCRATCH } from './lab.ts'
import { type Bench, eventually, open, type Probe, seen } from './probe.ts'

/** Large enough to stand out from what others write meanwhile. */
const LARGE = 16 * SCRATCH

const fileInUse: Probe = {
  points: ['removeFileInUse'],
  run: async ({ lab }, signal) => {
    await lab.must(lab.addSized('used'), signal)
    const attempt = await lab.attempt(lab.removeFile(lab.path('used.img')), signal)
    const gone = (await lab.file(lab.path('used.img'), signal)) === undefined
    return [seen('removeFileInUse', gone ? 'allowed' : 'refused', attempt.done ? 'no word about it' : attempt.text)]
  },
}

const fullFolder: Probe = {
  points: ['removeDirectory'],
  run: async ({ lab }, signal) => {
    await lab.must(makeFolder(lab, 'full'), signal)
    await lab.must(lab.addSized('inner', { 'file-path': lab.path('full/inner.img') }), signal)
    await lab.must(lab.removeDisk('inner'), signal)
    const attempt = await lab.attempt(lab.removeFile(lab.path('full')), signal)
    const gone = (await lab.file(lab.path('full'), signal)) === undefined
    return [seen('removeDirectory', gone ? 'recursive' : 'refused', attempt.done ? 'no word about it' : attempt.text)]
  },
}

const bareListing: Probe = {
  points: ['filePrintDefault'],
  run: async ({ lab }, signal) => {
    await lab.must(lab.addSized('listed'), signal)
    const name = fileName(lab.path('listed.img'))
    const row = await lab.row({ path: '/file/print', anyOf: [['name', name]] }, signal)
    return [seen('filePrintDefault', row === undefined ? 'topLevel' : 'nested')]
  },
}

const allocation: Probe = {
  points: ['allocation'],
  run: async (bench, signal) => {
    const { lab } = bench
    const before = await lab.free(signal)
    await lab.must(lab.add('large', { 'file-size': String(LARGE) }), signal)
    const taken = await takes(bench, before, signal)
    if (taken === undefined) return [open('allocation', 'the pool tells no free space')]
    return [seen('allocation', taken ? 'thick' : 'thin', `a file of ${LARGE} bytes; others may have written meanwhile`)]
  },
}

const fileCopies: Probe = {
  points: ['fileCopy'],
  run: async (bench, signal) => {
    const { lab } = bench
    await lab.must(lab.add('origin', { 'file-size': String(LARGE) }), signal)
    const before = await lab.free(signal)
    const args = { number: fileName(lab.path('origin.img')), name: fileName(lab.path('copy.img')) }
    const attempt = await lab.attempt({ path: '/file/copy', args }, signal)
    if (!attempt.done) return [open('fileCopy', `refused: ${attempt.text}`)]
    const taken = await takes(bench, before, signal)
    if (taken === undefined) return [open('fileCopy', 'the pool tells no free space')]
    return [seen('fileCopy', taken ? 'bytes' : 'reflink', `of a file of ${LARGE} bytes, by the free space`)]
  },
}

/** Whether a large file's bytes come off the free space; undefined where that is not told. */
export async function takes(
  bench: Bench,
  before: number | undefined,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  if (before === undefined) return undefined
  return eventually(bench, signal, async () => {
    const after = await bench.lab.free(signal)
    return after !== undefined && before - after >= LARGE / 2
  })
}

export const makeFolder = (lab: Lab, name: string) => ({
  path: '/file/add',
  args: { name: fileName(lab.path(name)), type: 'directory' },
})

/** A file of this many bytes stands out. */
export const LARGE_BYTES = LARGE

/** What happens to files. */
export const FILE_PROBES: readonly Probe[] = [fileInUse, fullFolder, bareListing, allocation, fileCopies]
