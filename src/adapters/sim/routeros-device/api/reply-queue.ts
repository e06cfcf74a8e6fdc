import type { DeviceCore } from '../device-core.ts'

/** How long answers are collected before they are sent mixed, in milliseconds. */
const COLLECT_MS = 5

/** Sends the answers of one connection: at once, or those of a moment together and out of order. */
export class ReplyQueue {
  readonly #core: DeviceCore
  readonly #send: (sentences: readonly string[][]) => void
  #collected: string[][][] = []

  constructor(core: DeviceCore, send: (sentences: readonly string[][]) => void) {
    this.#core = core
    this.#send = send
  }

  /** Takes one whole answer, or a part of a stream; parts of one stream must not overtake each other. */
  put(sentences: string[][], kind: 'answer' | 'part'): void {
    if (kind === 'part' || this.#core.replyOrder === 'asDone') return this.#send(sentences)
    this.#collected.push(sentences)
    if (this.#collected.length > 1) return
    setTimeout(() => this.#flush(), COLLECT_MS)
  }

  /** The latest answer first, one sentence of each in turn. */
  #flush(): void {
    const answers = this.#collected.toReversed()
    this.#collected = []
    const mixed: string[][] = []
    for (let index = 0; answers.some(answer => index < answer.length); index += 1) {
      mixed.push(...answers.flatMap(answer => answer.slice(index, index + 1)))
    }
    this.#send(mixed)
  }
}
