import { describe, expect, it } from 'vitest'
import { isTrue } from '../../../../../src/adapters/sim/routeros-device/console/interpreter/operators.ts'
import type { Value } from '../../../../../src/adapters/sim/routeros-device/console/language/value.ts'
import { runScript } from './script.ts'

type Box = Readonly<Record<string, Value>> & { readonly name: string }

const BOXES: readonly Box[] = [
  { name: 'a', size: 10, open: true, comment: 'mine' },
  { name: 'b', size: 20, open: false },
  { name: 'ab c', size: 300, open: false, comment: '' },
]

/** Names of the boxes that the conditions of a command choose. */
async function chosen(conditions: string, before = ''): Promise<string[]> {
  const { commands, error } = await runScript(`${before}/shelf/print where ${conditions}`)
  if (error !== undefined) throw new Error(error)
  const where = commands[0]!.where!
  return BOXES.filter(box => isTrue(where(name => box[name] ?? null))).map(({ name }) => name)
}

describe('the conditions of a command', () => {
  it.each([
    ['name="a"', ['a']],
    ['name=a', ['a']],
    ['name!="a"', ['b', 'ab c']],
    ['name~"b"', ['b', 'ab c']],
    ['name~"^b"', ['b']],
    ['size>10', ['b', 'ab c']],
    ['size<300 and size>=20', ['b']],
    ['size=10 || size=300', ['a', 'ab c']],
    ['open', ['a']],
    ['!open', ['b', 'ab c']],
    ['not open', ['b', 'ab c']],
    ['open=yes', ['a']],
    ['open=false', ['b', 'ab c']],
    ['(name="a" or name="b") && open', ['a']],
    ['name="b" size=20', ['b']],
    ['name="b" size=10', []],
    ['comment=""', ['b', 'ab c']],
    ['comment', []],
    ['size*2=40', ['b']],
    ['missing=1', []],
    ['name in {"a";"b"}', ['a', 'b']],
  ])('choose by %s', async (conditions, names) => {
    expect(await chosen(conditions)).toEqual(names)
  })

  it('may use variables', async () => {
    expect(await chosen('name=$wanted', ':local wanted "b"; ')).toEqual(['b'])
  })

  it('mean the property where a variable is called the same', async () => {
    expect(await chosen('name=$name', ':local name "b"; ')).toEqual(['a', 'b', 'ab c'])
  })

  it('may come without the word where in find', async () => {
    const { commands } = await runScript('/shelf/find name="x"; /shelf/find where name="x"; /shelf/find')
    const holds = commands.map(({ where }) => where && isTrue(where(() => 'x')))
    expect(holds).toEqual([true, true, undefined])
  })
})
