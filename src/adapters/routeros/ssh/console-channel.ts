import type { Client, ClientChannel } from 'ssh2'
import { LinkError } from '../transport.ts'
import type { Printed } from './console-reply.ts'

/** The device opened no channel for the command, which it has not heard of. */
export class ChannelRefused extends Error {
  override readonly name = 'ChannelRefused'
}

export interface Execution {
  /** Hears every piece of output, with what came on stdout; what it throws ends the channel. */
  readonly onOutput: (stdout: Buffer | undefined) => void
  /** Whether stdout is gathered for the end; otherwise it is heard and forgotten. */
  readonly gathers: boolean
  /** Closes the channel. The device may go on with the command all the same. */
  readonly noUse: AbortSignal
}

/** Longest output that is taken from a device, in bytes: a guard of ours. 10,000 disks are less than 10 MiB. */
const LONGEST_OUTPUT = 256 * 1024 * 1024

/**
 * Runs one line in a channel of its own. Rejects with a `ChannelRefused` where that cannot be had, with a `LinkError` where
 * the link breaks, and with what `onOutput` throws.
 */
export function execute(client: Client, line: string, execution: Execution): Promise<Printed> {
  const printed = Promise.withResolvers<Printed>()
  try {
    // No terminal: with one the device would echo, prompt and colour.
    client.exec(line, (error, channel) => {
      if (error === undefined) printed.resolve(follow(channel, execution))
      else printed.reject(refusalOf(error))
    })
  } catch (cause) {
    printed.reject(new LinkError('not-connected', false, (cause as Error).message, { cause }))
  }
  return printed.promise
}

/** What the library says where the connection ended while it waited for the channel; the line was not sent then. */
const NO_CHANNEL = 'No response from server'

/** Only a refused channel comes with a number for its reason. */
function refusalOf(error: Error & { readonly reason?: unknown }): Error {
  if (typeof error.reason === 'number') return new ChannelRefused(error.message, { cause: error })
  return new LinkError('lost', error.message !== NO_CHANNEL, `the link was lost: ${error.message}`, { cause: error })
}

/** Gathers what comes until the channel is closed. */
function follow(channel: ClientChannel, { onOutput, gathers, noUse }: Execution): Promise<Printed> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  const end = Promise.withResolvers<Printed>()
  let size = 0
  const take = (to: Buffer[] | undefined, chunk: Buffer, out?: Buffer): void => {
    size += to === undefined ? 0 : chunk.length
    to?.push(chunk)
    try {
      if (size > LONGEST_OUTPUT) throw new Error(`an output of more than ${LONGEST_OUTPUT} bytes is too long`)
      onOutput(out)
    } catch (error) {
      end.reject(error)
      channel.close()
    }
  }
  const giveUp = (): void => {
    end.reject(noUse.reason as Error)
    channel.close()
  }
  channel.on('data', (chunk: Buffer) => take(gathers ? stdout : undefined, chunk, chunk))
  channel.stderr.on('data', (chunk: Buffer) => take(stderr, chunk))
  channel.on('error', end.reject)
  channel.once('close', (code: number | null | undefined) => {
    end.resolve({ stdout: textOf(stdout), stderr: textOf(stderr), code: code ?? undefined })
  })
  if (noUse.aborted) giveUp()
  noUse.addEventListener('abort', giveUp, { once: true })
  return end.promise.finally(() => noUse.removeEventListener('abort', giveUp))
}

const textOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')
