import type { Value } from './value.ts'

export type BinaryOperator =
  | 'or'
  | 'and'
  | '='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | '~'
  | 'in'
  | '.'
  | ','
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '->'

/** Something that has a value. */
export type Expression =
  /** A word without quotes: text for a menu's argument, and a number, truth value, id or text elsewhere. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Value }
  /** A quoted string: plain text and what stands behind a `$`. */
  | { readonly kind: 'text'; readonly parts: readonly Expression[] }
  /** A variable, or a property of the item that a `where` is about. */
  | { readonly kind: 'name'; readonly of: 'variable' | 'property'; readonly name: string }
  /** `[…]`: the value of its last command. */
  | { readonly kind: 'call'; readonly body: readonly Statement[] }
  | { readonly kind: 'not' | 'minus'; readonly of: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'array'; readonly items: readonly { readonly key?: string; readonly value: Expression }[] }

/** A command of a menu. */
export interface MenuStatement {
  readonly kind: 'menu'
  /** Of the menu, `/disk`. */
  readonly menu: string
  readonly command: string
  readonly args: ReadonlyMap<string, Expression>
  /** Words that stand for themselves, such as `detail`. */
  readonly options: ReadonlySet<string>
  readonly where: Expression | undefined
}

/** A command that begins with a colon. */
export interface GlobalStatement {
  readonly kind: 'global'
  readonly name: string
  readonly args: ReadonlyMap<string, Expression>
  readonly blocks: ReadonlyMap<string, readonly Statement[]>
}

export type Statement =
  | MenuStatement
  | GlobalStatement
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
