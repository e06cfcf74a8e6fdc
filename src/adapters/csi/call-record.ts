import { type DescMessage, getOption, type Message } from '@bufbuild/protobuf'
import { reflect } from '@bufbuild/protobuf/reflect'
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

/** What the request is about: its top-level texts, such as volume_id, name, node_id and the paths. Never a secret. */
function names(input: DescMessage, message: Message): LogFields {
  const request = reflect(input, message)
  const texts = input.fields.flatMap(field => {
    if (field.fieldKind !== 'scalar' || getOption(field, csi_secret) || !request.isSet(field)) return []
    const value = request.get(field)
    return typeof value === 'string' ? [[field.name, cut(value)] as const] : []
  })
  return Object.fromEntries(texts)
}
