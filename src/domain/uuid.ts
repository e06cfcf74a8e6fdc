import { isUuid, type Uuid } from './ids.ts'

/** SHA-1 or SHA-256 of UTF-8 text or bytes. Passed in, so that the domain stays free of platform modules. */
export type Digest = (data: Uint8Array) => Uint8Array

const utf8 = new TextEncoder()

/** The 16 bytes of a UUID. */
export function uuidBytes(uuid: Uuid): Uint8Array {
  return Uint8Array.from(uuid.replaceAll('-', '').match(/../g) ?? [], pair => Number.parseInt(pair, 16))
}

/** The UUID of exactly 16 bytes. */
export function uuidOf(bytes: Uint8Array): Uuid {
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  const text = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  if (!isUuid(text)) throw new TypeError(`a UUID has 16 bytes, not ${bytes.length}`)
  return text
}

/** UUID version 5 (RFC 9562): SHA-1 of namespace and name. */
export function uuidV5(namespace: Uuid, name: string, sha1: Digest): Uuid {
  return named(sha1, uuidBytes(namespace), utf8.encode(name), 5)
}

/** UUID version 8 (RFC 9562) from SHA-256 of namespace and name: 122 bits of the digest. */
export function uuidV8(namespace: string, name: string, sha256: Digest): Uuid {
  return named(sha256, utf8.encode(`${namespace}\0`), utf8.encode(name), 8)
}

function named(digest: Digest, namespace: Uint8Array, name: Uint8Array, version: number): Uuid {
  const input = new Uint8Array(namespace.length + name.length)
  input.set(namespace)
  input.set(name, namespace.length)
  const bytes = digest(input).slice(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4)
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return uuidOf(bytes)
}
