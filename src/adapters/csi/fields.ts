import { posix } from 'node:path'
import { StorageError } from '../../domain/errors.ts'
import { type GroupId, type NodeId, nodeId, type SnapshotId, type VolumeId } from '../../domain/ids.ts'
import { parseGroupId, parseSnapshotId } from '../../domain/snapshot-id.ts'
import { hasControlCharacters, nameProblem, parseVolumeId } from '../../domain/volume-id.ts'
import { cut } from './redact.ts'

/** Limits of the CSI specification and of Linux, in bytes. */
const LONGEST_NAME = 128
const LONGEST_NODE_ID = 256
const LONGEST_PATH = 4095

/** The request is wrong: `problem` follows the field's name as the specification spells it. */
export const invalid = (field: string, problem: string): StorageError =>
  new StorageError('invalid', `${field} ${problem}`)

/** What a caller sent, as it may stand in an error or a log line. */
export const quoted = (text: string): string => JSON.stringify(cut(text))

/** What is wrong with a text of at most this many bytes, or undefined. */
export function textProblem(text: string, longest: number): string | undefined {
  const bytes = Buffer.byteLength(text)
  if (bytes > longest) return `has ${bytes} bytes: at most ${longest} are allowed`
  return hasControlCharacters(text) ? 'contains control characters: none are allowed' : undefined
}

/** The CSI name of what is to be. */
export const requestName = (text: string): string => nameOrId('name', text)

/** The id, or undefined where it is well-formed and none of this driver's: such a volume does not exist. */
export const volumeId = (text: string, field = 'volume_id'): VolumeId | undefined =>
  parseVolumeId(nameOrId(field, text))

/** As `volumeId`, for snapshots. */
export const snapshotId = (text: string, field = 'snapshot_id'): SnapshotId | undefined =>
  parseSnapshotId(nameOrId(field, text))

/** As `volumeId`, for groups of snapshots. */
export const groupId = (text: string): GroupId | undefined => parseGroupId(nameOrId('group_snapshot_id', text))

/** The id where what it names has to exist; throws `not-found`. Call it when all other fields have been read. */
export function required<Id extends string>(id: Id | undefined, text: string, field = 'volume_id'): Id {
  if (id !== undefined) return id
  throw new StorageError('not-found', `${field} ${quoted(text)} is none of this driver: it does not exist`)
}

function nameOrId(field: string, text: string): string {
  const problem = nameProblem(text)
  if (problem === undefined) return text
  throw invalid(field, `${problem}: 1 to ${LONGEST_NAME} bytes without control characters are allowed`)
}

/** A node's name, whether or not there is such a node. */
export function requiredNode(text: string): NodeId {
  const problem = text === '' ? 'is missing' : textProblem(text, LONGEST_NODE_ID)
  if (problem === undefined) return nodeId(text)
  throw invalid('node_id', `${problem}; it is the name of a node of the cluster`)
}

/** An absolute path, in the form in which the mount table has it. Nothing in it leads elsewhere. */
export function absolutePath(field: string, text: string): string {
  const path = plainPath(field, text)
  if (!path.startsWith('/')) throw invalid(field, `${quoted(text)} must be an absolute path`)
  return path
}

/** A path to look something up at: no volume of ours lies at a relative one (`not-found`). */
export function lookupPath(field: string, text: string): string {
  const path = plainPath(field, text)
  if (path.startsWith('/')) return path
  throw new StorageError('not-found', `${field} ${quoted(text)} is no absolute path: no volume is there`)
}

function plainPath(field: string, text: string): string {
  if (text === '') throw invalid(field, 'is missing: an absolute path is needed')
  const problem = textProblem(text, LONGEST_PATH)
  if (problem !== undefined) throw invalid(field, problem)
  if (text.split('/').includes('..')) throw invalid(field, `${quoted(text)} must not contain ".."`)
  const path = posix.normalize(text).replace(/\/$/, '')
  if (path === '' || path === '.') throw invalid(field, `${quoted(text)} must name a directory or file below /`)
  return path
}
