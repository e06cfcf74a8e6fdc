import type { Menu } from '../../command.ts'
import { type ConsoleStyle, lineLimit } from './console-style.ts'
import { presentFlags, type PrintedItem } from './printed-item.ts'
import { wrapWords } from './wrap.ts'

/**
 * `Flags: B - BLOCK-DEVICE; M - MOUNTED`: only those that an item has; nothing when none has any. For a listing without
 * items it is the line that an older driver met, where the style has one.
 */
export function legendOf(menu: Menu, items: readonly PrintedItem[], style: ConsoleStyle): string[] {
  if (items.length === 0) return style.legendWhenEmpty ? ['Flags: X - disabled'] : []
  const flags = presentFlags(menu, items)
  if (flags.length === 0) return []
  const text = flags.map(({ letter, word }) => `${letter} - ${word}`).join('; ')
  return wrapWords(`Flags: ${text}`, lineLimit(style))
}
