import { RestError } from './rest-answer.ts'

/** What a request's URL names. */
export interface RequestTarget {
  /** What stands behind `/rest`, decoded. */
  readonly segments: readonly string[]
  /** The URL's query, in its order. */
  readonly parameters: readonly (readonly [string, string])[]
}

/** Takes a URL apart; undefined when it is not one of the REST API. Throws `RestError` where it can not be decoded. */
export function parseTarget(url: string): RequestTarget | undefined {
  const [, path = '', query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(url) ?? []
  const [root, ...segments] = path.replace(/^\//, '').split('/')
  if (root !== 'rest') return undefined
  const pairs = query.split('&').filter(pair => pair !== '')
  return { segments: segments.filter(segment => segment !== '').map(decode), parameters: pairs.map(parsePair) }
}

/** A plus is a space, as curl writes it; what the device makes of one is unknown. */
function parsePair(pair: string): readonly [string, string] {
  const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair.replaceAll('+', ' ')) ?? []
  return [decode(name), decode(value)]
}

/** The asterisk of an id must come as it is: the device does not decode `%2A` (manual). */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll(/%2a/gi, asterisk => `%25${asterisk.slice(1)}`))
  } catch {
    throw new RestError(400)
  }
}
