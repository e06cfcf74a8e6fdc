import { status } from '@grpc/grpc-js'
import { describe, expect, it } from 'vitest'
import { codeName, toStatus } from '../../../src/adapters/csi/status.ts'
import { type ErrorKind, StorageError } from '../../../src/domain/errors.ts'

const calm = new AbortController().signal
const aborted = (reason: Error): AbortSignal => AbortSignal.abort(reason)
const abortError = new DOMException('inner', 'AbortError')
const timeoutError = new DOMException('too late', 'TimeoutError')

describe('the status of a failed call', () => {
  const kinds: readonly (readonly [ErrorKind, string])[] = [
    ['invalid', 'INVALID_ARGUMENT'],
    ['not-found', 'NOT_FOUND'],
    ['conflict', 'ALREADY_EXISTS'],
    ['out-of-range', 'OUT_OF_RANGE'],
    ['exhausted', 'RESOURCE_EXHAUSTED'],
    ['precondition', 'FAILED_PRECONDITION'],
    ['busy', 'ABORTED'],
    ['unavailable', 'UNAVAILABLE'],
    ['unsupported', 'UNIMPLEMENTED'],
    ['internal', 'INTERNAL'],
  ]
  it.each(kinds)('of kind %s is %s with the message of the error', (kind, code) => {
    const { code: number, details } = toStatus(new StorageError(kind, 'what is wrong'), calm)
    expect([codeName(number), details]).toEqual([code, 'what is wrong'])
  })

  it('is DEADLINE_EXCEEDED where the deadline aborted it, whatever the inner wait threw', () => {
    expect(toStatus(abortError, aborted(timeoutError)).code).toBe(status.DEADLINE_EXCEEDED)
    expect(toStatus(timeoutError, aborted(timeoutError)).code).toBe(status.DEADLINE_EXCEEDED)
  })

  it('is CANCELLED where the caller hung up', () => {
    expect(toStatus(abortError, aborted(new DOMException('gone', 'AbortError'))).code).toBe(status.CANCELLED)
  })

  it('is UNAVAILABLE where the driver stopped it', () => {
    const stopped = aborted(new StorageError('unavailable', 'shutting down'))
    expect(toStatus(abortError, stopped)).toEqual({ code: status.UNAVAILABLE, details: 'shutting down' })
  })

  it('is DEADLINE_EXCEEDED where an inner time limit passed while the caller still waits', () => {
    expect(toStatus(timeoutError, calm).code).toBe(status.DEADLINE_EXCEEDED)
  })

  it('keeps what a port said even when the call has been aborted meanwhile', () => {
    const error = new StorageError('conflict', 'another size')
    expect(toStatus(error, aborted(timeoutError)).code).toBe(status.ALREADY_EXISTS)
  })

  it('is INTERNAL for an error nobody expected, and tells nothing but its message', () => {
    const error = Object.assign(new Error('broke', { cause: new Error('hidden') }), { request: 'hidden too' })
    expect(toStatus(error, calm)).toEqual({ code: status.INTERNAL, details: 'broke' })
  })

  it('is INTERNAL without any detail for a thrown value that is no error', () => {
    expect(toStatus({ password: 'canary' }, calm)).toEqual({ code: status.INTERNAL, details: 'unknown error' })
  })

  it('is bounded', () => {
    expect(toStatus(new StorageError('invalid', 'ä'.repeat(10_000)), calm).details.length).toBeLessThan(2100)
  })

  it('can be percent-encoded whatever the message holds', () => {
    for (const message of ['\ud800', `${'x'.repeat(2047)}😀 and more`]) {
      const { details } = toStatus(new StorageError('invalid', message), calm)
      expect(() => encodeURI(details)).not.toThrow()
    }
  })
})

describe('the name of a status code', () => {
  it('is the one of gRPC, also for a number that gRPC does not know', () => {
    expect([codeName(status.OK), codeName(status.NOT_FOUND), codeName(99)]).toEqual(['OK', 'NOT_FOUND', 'CODE_99'])
  })
})
