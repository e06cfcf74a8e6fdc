/** The arguments of a command that begins with a colon. */
export interface GlobalSyntax {
  /** Arguments that come without their names, in this order; each may also be named. */
  readonly unnamed: readonly string[]
  /** Those of them that are names of variables. */
  readonly names?: readonly string[]
  /** Further arguments with a value. */
  readonly values?: readonly string[]
  /** Arguments that are blocks of commands. */
  readonly blocks?: readonly string[]
}

const ONE_VALUE: GlobalSyntax = { unnamed: ['value'] }
const VARIABLE: GlobalSyntax = { unnamed: ['name', 'value'], names: ['name'] }

/** The commands that begin with a colon, as far as they are modelled (manual, "Scripting"; `onerror` since 7.13). */
export const GLOBAL_SYNTAX: ReadonlyMap<string, GlobalSyntax> = new Map<string, GlobalSyntax>([
  ['put', { unnamed: ['message'] }],
  ['local', VARIABLE],
  ['global', VARIABLE],
  ['set', VARIABLE],
  ['if', { unnamed: ['condition'], blocks: ['do', 'else'] }],
  ['while', { unnamed: ['condition'], blocks: ['do'] }],
  ['for', { unnamed: ['counter'], names: ['counter'], values: ['from', 'to', 'step'], blocks: ['do'] }],
  ['foreach', { unnamed: ['counter'], names: ['counter'], values: ['in'], blocks: ['do'] }],
  ['do', { unnamed: ['do'], blocks: ['do', 'on-error'] }],
  ['onerror', { unnamed: ['error'], names: ['error'], blocks: ['in', 'do'] }],
  ['error', { unnamed: ['message'] }],
  ['delay', { unnamed: ['delay-time'] }],
  ['serialize', { unnamed: ['value'], values: ['to', 'options'] }],
  ['len', ONE_VALUE],
  ['typeof', ONE_VALUE],
  ['tostr', ONE_VALUE],
  ['tonum', ONE_VALUE],
  ['tobool', ONE_VALUE],
  ['toarray', ONE_VALUE],
  ['pick', { unnamed: ['value', 'begin', 'end'] }],
  ['find', { unnamed: ['value', 'what', 'from'] }],
  ['nothing', { unnamed: [] }],
])
