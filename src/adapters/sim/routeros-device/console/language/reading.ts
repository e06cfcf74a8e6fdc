import type { MenuSyntax } from './command-syntax.ts'
import type { Cursor } from './cursor.ts'
import type { Expression, Statement } from './syntax.ts'

/** A script while it is read: where the reader is, and how the parts of the language that hold each other are read. */
export interface Reading {
  readonly cursor: Cursor
  readonly menus: MenuSyntax
  /** The menu in which words without a leading slash are looked up; empty is the root. */
  menu: string
  /** Reads commands up to the closing bracket, and takes that. */
  block(close: ']' | '}'): readonly Statement[]
  /** Reads one expression; `properties`: words on the left of a comparison are properties of an item. */
  expression(properties: boolean): Expression
}

/** Whether a command ends here: at its separator, at a closing bracket or at the end of the script. */
export function commandEnds(cursor: Cursor): boolean {
  return cursor.atEnd || /[;\r\n\])}]/.test(cursor.peek())
}
