import type { Statement } from './syntax.ts'

/** Whether a script has a command of a menu with other names than these, however deep. */
export function hasCommandBeside(script: readonly Statement[], names: readonly string[]): boolean {
  return has(script, names)
}

function has(part: unknown, names: readonly string[]): boolean {
  if (typeof part !== 'object' || part === null) return false
  if (part instanceof Map || part instanceof Set || Array.isArray(part)) {
    return [...part.values()].some(inner => has(inner, names))
  }
  const { kind, command } = part as { readonly kind?: unknown; readonly command?: unknown }
  if (kind === 'menu' && typeof command === 'string' && !names.includes(command)) return true
  return Object.values(part).some(inner => has(inner, names))
}
