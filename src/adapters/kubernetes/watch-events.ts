import { KubeError } from './kube-error.ts'
import type { KubeObject } from './kube-objects.ts'

/** One line of a watch. */
export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: T
}

type Line<T extends KubeObject> =
  | WatchEvent<T>
  | {
      readonly type: 'ERROR'
      readonly object: { readonly code?: number; readonly reason?: string; readonly message?: string }
    }

/** The events of a watch. An ERROR line is thrown as a KubeError. A line that was cut off by the end is dropped. */
export async function* watchEvents<T extends KubeObject>(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  for await (const text of lines(chunks)) {
    const line = JSON.parse(text) as Line<T>
    if (line.type === 'ERROR') {
      const { code = 500, reason = 'Unknown', message = 'the watch ended with an error' } = line.object
      throw new KubeError(code, reason, message)
    }
    yield line
  }
}

async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let open: string[] = []
  for await (const chunk of chunks) {
    const [first = '', ...rest] = decoder.decode(chunk, { stream: true }).split('\n')
    open.push(first)
    for (const next of rest) {
      const line = open.join('')
      open = [next]
      if (line !== '') yield line
    }
  }
}
