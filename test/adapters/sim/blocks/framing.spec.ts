import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, FrameReader, MAX_PAYLOAD } from '../../../../src/adapters/sim/blocks/framing.ts'

describe('the framing of the block port', () => {
  it('is two lengths, the header as JSON, and the payload', () => {
    const bytes = encodeFrame({ id: 1 }, Buffer.from('xyz'))
    expect(bytes.toString('latin1')).toBe('\0\0\0\x08\0\0\0\x03{"id":1}xyz')
  })

  it('reads the same frames however the stream is cut', () => {
    const frame = fc.record({
      header: fc.record({ op: fc.string(), offset: fc.nat() }),
      payload: fc.uint8Array({ maxLength: 200 }),
    })
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.array(fc.nat({ max: 60 }), { minLength: 1 }),
        (frames, cuts) => {
          const stream = Buffer.concat(frames.map(({ header, payload }) => encodeFrame(header, payload)))
          const reader = new FrameReader()
          const read: { header: unknown; payload: Uint8Array }[] = []
          for (let at = 0, step = 0; at < stream.length; step += 1) {
            const next = at + 1 + (cuts[step % cuts.length] ?? 0)
            for (const { header, payload } of reader.push(stream.subarray(at, next))) {
              read.push({ header, payload: Uint8Array.from(payload) })
            }
            at = next
          }
          expect(read).toEqual(frames)
        },
      ),
    )
  })

  it('refuses a frame that is too long before it arrives, and a header that is no object', () => {
    const prefix = Buffer.alloc(8)
    prefix.writeUInt32BE(MAX_PAYLOAD + 1, 4)
    expect(() => new FrameReader().push(prefix)).toThrow('frame too long')
    expect(() => new FrameReader().push(Buffer.from([0, 0, 0, 2, 0, 0, 0, 0, 0x5b, 0x5d]))).toThrow('no object')
  })
})
