import type { Command } from './command.ts'

/** What goes wrong with a command. */
export type Fault =
  /** The command takes effect; its connection is dropped instead of the reply. */
  | { readonly kind: 'loseReply' }
  /** The connection is dropped (FIN, or RST with `reset`) and the command has no effect. */
  | { readonly kind: 'dropBefore'; readonly reset?: boolean }
  /** The command has no effect and is never answered. */
  | { readonly kind: 'hang' }
  /** The command has no effect and is refused like this. */
  | { readonly kind: 'trap'; readonly message: string; readonly category?: number }
  /** The command takes effect at its usual time and is answered this much later, in milliseconds. */
  | { readonly kind: 'delayReply'; readonly ms: number }
  /**
   * `/cancel` does not stop the command: its effect and its reply come all the same, after the answer to `/cancel`. It
   * works at least until the promise resolves.
   */
  | { readonly kind: 'ignoreCancel'; readonly until?: Promise<void> }
  /**
   * The command is carried out twice, as when it was sent twice by something in between; `answer` says which of the two
   * the client hears of.
   */
  | { readonly kind: 'duplicate'; readonly answer: 'first' | 'second' }
  /** The device loses its power just before the effect, or just after it; nobody gets an answer. `restart()` brings it back. */
  | { readonly kind: 'die'; readonly when: 'before' | 'after' }
  /** Something that a test does just before the effect, or after it and before the answer. */
  | { readonly kind: 'watch'; readonly before?: Watcher; readonly after?: Watcher }

/** Called with the command that is watched; what it returns is waited for. */
export type Watcher = (command: Command) => void | Promise<void>

/** Which commands a fault hits. */
export interface FaultTarget {
  /** Path, such as `/disk/add`, or a test of the command; absent: every command but `/login`. */
  readonly match?: string | ((command: Command) => boolean)
  /** How many matching commands pass unhurt first; 0. */
  readonly skip?: number
  /** How many are hit then; 1. */
  readonly times?: number
}

interface Rule {
  readonly fault: Fault
  readonly matches: (command: Command) => boolean
  skip: number
  times: number
}

/** Faults that wait for their commands. */
export class Faults {
  #rules: Rule[] = []

  /** Arms a fault; the returned function disarms it. Of several that match the one armed first strikes. */
  arm(fault: Fault, target: FaultTarget = {}): () => void {
    const { match } = target
    const matches =
      typeof match === 'function'
        ? match
        : (command: Command): boolean => (match === undefined ? command.path !== '/login' : command.path === match)
    const rule: Rule = { fault, matches, skip: target.skip ?? 0, times: target.times ?? 1 }
    this.#rules.push(rule)
    return () => {
      this.#rules = this.#rules.filter(other => other !== rule)
    }
  }

  /** Disarms everything. */
  clear(): void {
    this.#rules = []
  }

  /** The fault that hits this command; using one up. */
  strike(command: Command): Fault | undefined {
    for (const rule of this.#rules.filter(({ matches }) => matches(command))) {
      if (rule.skip > 0) {
        rule.skip -= 1
        continue
      }
      if (rule.times <= 0) continue
      rule.times -= 1
      return rule.fault
    }
    return undefined
  }
}
