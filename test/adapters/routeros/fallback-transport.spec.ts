import { describe, expect, it } from 'vitest'
import { FallbackTransport } from '../../../src/adapters/routeros/fallback-transport.ts'
import {
  type DeviceReply,
  LinkError,
  type LinkFailure,
  type Transport,
  TrapError,
} from '../../../src/adapters/routeros/transport.ts'
import { Recorder } from '../../support/routeros-recorder.ts'
import { never } from '../../support/routeros-transports.ts'

const print = { path: '/disk/print' }
const gone = (failure: LinkFailure, unclear: boolean): LinkError =>
  new LinkError(failure, unclear, `${failure} for a test`)

/** A transport of which it is said how it does; keeps what it was asked to run. */
class Scripted implements Transport {
  connected = false
  made = 0
  streams = true
  closed = false
  readonly ran: string[] = []
  readonly overs: AbortController[] = []
  does: () => DeviceReply = () => ({ rows: [], ret: undefined })

  async run({ path }: { readonly path: string }, _signal: AbortSignal, over?: AbortController): Promise<DeviceReply> {
    this.ran.push(path)
    if (over !== undefined) this.overs.push(over)
    try {
      const reply = this.does()
      this.connected = true
      over?.abort()
      return reply
    } catch (error) {
      if (error instanceof LinkError) this.connected = false
      if (!(error instanceof LinkError && error.unclear)) over?.abort()
      throw error
    }
  }

  async close(): Promise<void> {
    this.closed = true
  }

  fails(error: Error): this {
    this.does = () => {
      throw error
    }
    return this
  }

  works(): this {
    this.does = () => ({ rows: [], ret: undefined })
    return this
  }
}

function rig() {
  const api = new Scripted()
  const rest = new Scripted()
  const recorder = new Recorder()
  const both = new FallbackTransport(
    [
      { name: 'api:8729', transport: api },
      { name: 'rest:443', transport: rest },
    ],
    recorder,
  )
  return { api, rest, both, warnings: () => recorder.lines.filter(({ level }) => level === 'warn') }
}

describe('a transport that others stand in for', () => {
  it('is used alone while it works', async () => {
    const { api, rest, both, warnings } = rig()
    await both.run(print, never())
    await both.run(print, never())
    expect([api.ran.length, rest.ran.length, warnings().length]).toEqual([2, 0, 0])
  })

  it('gives way where it cannot be had, with a warning, and is not waited for again', async () => {
    const { api, rest, both, warnings } = rig()
    api.fails(gone('not-connected', false))
    const over = new AbortController()
    await both.run(print, never(), over)
    await both.run(print, never())
    expect([api.ran.length, rest.ran.length]).toEqual([1, 2])
    expect(over.signal.aborted).toBe(true)
    expect(warnings()).toEqual([
      {
        level: 'warn',
        message: 'another transport to the appliance is used from now on',
        fields: { from: 'api:8729', to: 'rest:443', why: 'not-connected for a test' },
      },
    ])
  })

  it('is taken again as soon as it is back, with a warning', async () => {
    const { api, rest, both, warnings } = rig()
    api.fails(gone('not-connected', false))
    await both.run(print, never())
    api.works().connected = true
    await both.run(print, never())
    expect([api.ran.length, rest.ran.length]).toEqual([2, 1])
    expect(warnings().at(-1)?.fields).toEqual({ from: 'rest:443', to: 'api:8729' })
  })

  it('gives way too where the link broke before the command was sent', async () => {
    const { api, rest, both } = rig()
    api.fails(gone('lost', false))
    await expect(both.run(print, never())).resolves.toMatchObject({ rows: [] })
    expect(rest.ran).toHaveLength(1)
  })

  it.each([
    ['the device may have heard of the command', gone('lost', true)],
    ['it was not answered in time', gone('timeout', true)],
    ['the time was over before it was sent', gone('timeout', false)],
    ['the device refused', new TrapError('no such item')],
    ['it was given up', new Error('changed my mind')],
  ])('does not give way where %s', async (_, error) => {
    const { api, rest, both, warnings } = rig()
    api.fails(error)
    await expect(both.run(print, never())).rejects.toBe(error)
    expect([rest.ran.length, warnings().length]).toEqual([0, 0])
  })

  it('tells the end of a command that is in doubt when its own transport does', async () => {
    const { api, both } = rig()
    api.fails(gone('lost', true))
    const over = new AbortController()
    await expect(both.run(print, never(), over)).rejects.toMatchObject({ unclear: true })
    expect(over.signal.aborted).toBe(false)
    api.overs[0]!.abort()
    expect(over.signal.aborted).toBe(true)
  })

  it('is named beside the others where none of them can be had', async () => {
    const { api, rest, both } = rig()
    api.fails(new LinkError('not-connected', false, 'no connection to a'))
    rest.fails(new LinkError('not-connected', false, 'no connection to b'))
    const over = new AbortController()
    await expect(both.run(print, never(), over)).rejects.toMatchObject({
      failure: 'not-connected',
      unclear: false,
      message: 'no connection to a; no connection to b',
    })
    expect(over.signal.aborted).toBe(true)
  })

  it('tells of all of them whether there is a link, and closes all', async () => {
    const { api, rest, both } = rig()
    expect(both.connected).toBe(false)
    rest.connected = true
    rest.streams = false
    Object.assign(api, { made: 2 })
    Object.assign(rest, { made: 1 })
    expect([both.connected, both.made, both.streams]).toEqual([true, 3, false])
    await both.close()
    expect([api.closed, rest.closed]).toEqual([true, true])
  })
})
