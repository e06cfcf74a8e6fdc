import type { DescMessage, DescMethodUnary, MessageInitShape } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { controllerRig } from '../service-rig.ts'
import type { Row } from './rows.ts'

/** Each row answers its code and names its field, and nothing was asked of the appliance or told to anybody. */
export function refuses<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  rows: readonly Row<MessageInitShape<I>>[],
): void {
  it.each(rows)('refuses %s', async (_, wrong, code, names) => {
    const { ask, house } = await controllerRig()
    const calls = house.appliance.script.calls.length
    const answer = await ask(method, { ...request, ...wrong })
    expect(answer).toMatchObject({ code, details: expect.stringMatching(names) })
    expect(house.appliance.script.calls.slice(calls)).toEqual([])
    expect(house.sink.facts).toEqual([])
    expect(house.registry.held()).toBe(0)
  })
}
