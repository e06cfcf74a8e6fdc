import { inspect } from 'node:util'

/** Where two values differ, a line for each place; empty where they are the same. */
export function differences(undisturbed: unknown, disturbed: unknown, at = ''): readonly string[] {
  if (Object.is(undisturbed, disturbed)) return []
  if (!isTree(undisturbed) || !isTree(disturbed)) {
    return [`${at}: ${inspect(undisturbed)} undisturbed, ${inspect(disturbed)} disturbed`]
  }
  const [one, other] = [new Map(Object.entries(undisturbed)), new Map(Object.entries(disturbed))]
  const names = [...new Set([...one.keys(), ...other.keys()])]
  return names.flatMap(name => differences(one.get(name), other.get(name), `${at}/${name}`))
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null
