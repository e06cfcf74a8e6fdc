import { type Answer, deletionAnswer, jsonAnswer } from './answer.ts'
import { type ClusterState, existing } from './cluster-state.ts'
import { createObject } from './create-object.ts'
import { decodeObject } from './decode-object.ts'
import { deleteObject } from './delete-object.ts'
import { encodeObject } from './encode-object.ts'
import type { KubeObject } from './kube-object.ts'
import { listObjects } from './list-objects.ts'
import { patchObject } from './patch-object.ts'
import type { Target, Verb } from './request-target.ts'
import { badRequest, methodNotAllowed, unsupportedMediaType } from './status.ts'
import { replaceObject, updateObject } from './update-object.ts'
import { watchObjects } from './watch-stream.ts'

/** One request for a resource. */
export interface ResourceRequest {
  readonly verb: Verb
  readonly target: Target
  readonly query: URLSearchParams
  /** Content-Type without parameters; empty when there is none. */
  readonly contentType: string
  readonly body: string
  /** How often a watch that asked for bookmarks gets one. */
  readonly bookmarkMillis: number
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw badRequest('the object provided is unrecognized: json parse error')
  }
}

function sentObject({ target, contentType, body }: ResourceRequest): KubeObject {
  if (contentType !== '' && contentType !== 'application/json') throw unsupportedMediaType(['application/json'])
  return decodeObject(target.kind, parsedJson(body))
}

function objectAnswer(code: number, { kind }: Target, object: KubeObject): Answer {
  return jsonAnswer(code, encodeObject(kind, object))
}

function update(state: ClusterState, request: ResourceRequest): Answer {
  const { target } = request
  const sent = sentObject(request)
  if (target.subresource === 'status') return objectAnswer(200, target, updateObject(state, target, sent))
  const { object, created } = replaceObject(state, target, sent)
  return objectAnswer(created ? 201 : 200, target, object)
}

type Serve = (state: ClusterState, request: ResourceRequest) => Answer

const SERVE: Readonly<Record<Verb, Serve>> = {
  get: (state, { target }) => objectAnswer(200, target, existing(state, target)),
  list: (state, { target, query }) => jsonAnswer(200, listObjects(state, target, query)),
  watch: (state, { target, query, bookmarkMillis }) => ({ watch: watchObjects(state, target, query, bookmarkMillis) }),
  create: (state, request) =>
    objectAnswer(201, request.target, createObject(state, request.target, sentObject(request))),
  update,
  patch: (state, { target, contentType, body }) =>
    objectAnswer(200, target, patchObject(state, target, contentType, parsedJson(body))),
  delete: (state, { target, body }) =>
    deletionAnswer(target, deleteObject(state, target, body === '' ? {} : parsedJson(body))),
  deletecollection: () => {
    throw methodNotAllowed()
  },
}

/** Does what the request asks, at once and undivided. Throws ApiError; a dry run is refused, for nothing here can do one. */
export function serveResource(state: ClusterState, request: ResourceRequest): Answer {
  if (request.query.has('dryRun')) throw badRequest('the simulated cluster does no dry runs')
  return SERVE[request.verb](state, request)
}
