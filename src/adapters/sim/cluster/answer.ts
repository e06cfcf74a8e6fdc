import type { Deletion } from './delete-object.ts'
import { encodeObject } from './encode-object.ts'
import type { Target } from './request-target.ts'
import { ApiError } from './status.ts'
import type { Watch } from './watch-stream.ts'

/** A whole answer, or a watch to be streamed. */
export type Answer = { readonly code: number; readonly type: string; readonly body: string } | { readonly watch: Watch }

const JSON_TYPE = 'application/json'

/** An answer of JSON text. */
export function jsonAnswer(code: number, body: string): Answer {
  return { code, type: JSON_TYPE, body }
}

/** An answer in plain text. */
export function textAnswer(code: number, body: string): Answer {
  return { code, type: 'text/plain; charset=utf-8', body }
}

/** The Status of a failure; anything that is no ApiError is a 500. */
export function failureAnswer(error: unknown): Answer {
  const words = error instanceof Error ? error.message : String(error)
  const known = error instanceof ApiError ? error : internal(words)
  return jsonAnswer(known.code, JSON.stringify(known.status()))
}

function internal(words: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${words}`, {
    details: { causes: [{ message: words }] },
  })
}

/** What a DELETE answers: the object, where it still exists or its kind says so; else a Status of success. */
export function deletionAnswer({ kind, name }: Target, { object, removed }: Deletion): Answer {
  if (!removed || kind.returnsDeleted) return jsonAnswer(200, encodeObject(kind, object))
  const group = kind.group === '' ? {} : { group: kind.group }
  const details = { name, ...group, kind: kind.plural, uid: object.metadata.uid }
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
  return jsonAnswer(200, JSON.stringify(status))
}
