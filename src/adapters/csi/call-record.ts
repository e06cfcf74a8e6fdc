import { type DescMessage, getOption, type Message, ScalarType } from '@bufbuild/protobuf'
import { status } from '@grpc/grpc-js'
import type { Clock } from '../../ports/clock.ts'
import type { LogFields, Logger } from '../../ports/logger.ts'
import type { Telemetry } from '../../ports/telemetry.ts'
import { csi_secret } from './gen/csi/v1/csi_pb.ts'
import { cut, redact } from './redact.ts'
import { codeName } from './status.ts'

export interface CallObservers {
  readonly logger: Logger
  readonly telemetry: Telemetry
  readonly clock: Clock
}

/** Asked every few seconds by every sidecar: worth a line only where they fail, or at debug level. */
const QUIET = /\/(Probe|GetPluginInfo|[A-Za-z]*Get[A-Za-z]*Capabilities|NodeGetVolumeStats)$/

/** One call from its first byte to its end. What comes after the end is ignored: grpc-js reports a cancellation after every call. */
export class CallRecord {
  readonly #method: string
  readonly #input: DescMessage | undefined
  readonly #observers: CallObservers
  readonly #started: number
  #names: LogFields = {}
  #ended = false

  constructor(method: string, input: DescMessage | undefined, observers: CallObservers) {
    this.#method = method
    this.#input = input
    this.#observers = observers
    this.#started = observers.clock.monotonic()
  }

  begin(message: Message): void {
    const input = this.#input
    if (input === undefined) return
    this.#names = names(input, message)
    // Written out only if the line is: most installations log no debug lines.
    const request = { toJSON: () => redact(input, message) }
    this.#observers.logger.debug('CSI call began', { method: this.#method, request })
  }

  end(code: status, details: string): void {
    if (this.#ended) return
    this.#ended = true
    const { logger, telemetry, clock } = this.#observers
    const took = clock.monotonic() - this.#started
    const error = code === status.OK ? {} : { error: details }
    const fields = {
      method: this.#method,
      ...this.#names,
      code: codeName(code),
      durationMs: Math.round(took),
      ...error,
    }
    logger[this.#level(code)]('CSI call', fields)
    telemetry.observe({ type: 'rpc', method: this.#method, code: codeName(code), took })
  }

  #level(code: status): keyof Logger {
    if (code === status.OK) return QUIET.test(this.#method) ? 'debug' : 'info'
    return code === status.INTERNAL || code === status.UNKNOWN ? 'error' : 'warn'
  }
}

/**
 * What requests of a kind are about: the names of their top-level texts, such as volume_id, name, node_id and the paths, and
 * where a message has them. Never a secret.
 */
function textsOf(input: DescMessage): readonly Text[] {
  return input.fields
    .filter(
      field => field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING && !getOption(field, csi_secret),
    )
    .map(({ name, localName }) => ({ name, localName }))
}

interface Text {
  readonly name: string
  readonly localName: string
}

/** By kind of request: looking through its description takes longer than many a call. */
const TEXTS = new WeakMap<DescMessage, readonly Text[]>()

/** The texts that are set. */
function names(input: DescMessage, message: Message): LogFields {
  const texts = TEXTS.get(input) ?? textsOf(input)
  TEXTS.set(input, texts)
  const values = message as unknown as Readonly<Record<string, unknown>>
  const found: Record<string, string> = {}
  for (const { name, localName } of texts) {
    const value = values[localName]
    if (typeof value === 'string' && value !== '') found[name] = cut(value)
  }
  return found
}
