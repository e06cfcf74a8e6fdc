import type { Command, Outcome } from './command.ts'

/** How long a device works on commands; milliseconds, and nothing where nothing is said. */
export interface LatencyProfile {
  /** Every command, before its effect. */
  readonly fixedMs?: number
  /** Up to so much more, evenly spread. */
  readonly jitterMs?: number
  /** In place of `fixedMs`, by path. */
  readonly commands?: Readonly<Record<string, number>>
  /** For every GiB that `file-size=` asks `/disk/add` or `/disk/set` for. */
  readonly perGiBMs?: number
  /** For every row of a listing, before it is answered. */
  readonly perRowMs?: number
}

/**
 * What others measured on hardware (an older driver over SSH): listing 50–100 ms, files 100–200 ms, a disk of 1 GB
 * 0.5–1 s and one of 100 GB 2–5 s, removal 0.5–1 s.
 */
export const CAPTURED_LATENCY: LatencyProfile = {
  fixedMs: 50,
  jitterMs: 50,
  commands: {
    '/disk/add': 500,
    '/disk/remove': 500,
    '/file/print': 100,
    '/file/getall': 100,
    '/disk/btrfs/subvolume/add': 100,
    '/disk/btrfs/subvolume/remove': 100,
  },
  perGiBMs: 30,
}

const GIB = 1024 ** 3

/** The time that a device takes. */
export class Latency {
  profile: LatencyProfile
  readonly #random: () => number

  /** @param random gives numbers from 0 up to 1 */
  constructor(profile: LatencyProfile, random: () => number = Math.random) {
    this.profile = profile
    this.#random = random
  }

  /** Before the effect of a command, in milliseconds. */
  before({ path, args }: Pick<Command, 'path' | 'args'>): number {
    const { fixedMs = 0, jitterMs = 0, commands = {}, perGiBMs = 0 } = this.profile
    const fixed = commands[path] ?? fixedMs
    const size = path === '/disk/add' || path === '/disk/set' ? Number(args.get('file-size') ?? 0) : 0
    const perSize = Number.isFinite(size) ? (size / GIB) * perGiBMs : 0
    return fixed + jitterMs * this.#random() + perSize
  }

  /** Between the effect of a command and its answer. */
  after(outcome: Outcome): number {
    return 'rows' in outcome ? outcome.rows.length * (this.profile.perRowMs ?? 0) : 0
  }
}
