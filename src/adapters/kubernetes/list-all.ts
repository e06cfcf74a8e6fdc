import type { KubeClient } from './kube-client.ts'
import { isExpired } from './kube-error.ts'
import type { KubeObject, ListObject } from './kube-objects.ts'

const PAGE = 500

/**
 * Every object at the path as the API has them now, page by page. Where pages go stale before the last one was read, all
 * is asked for at once. Rejects with what the client throws: a listing is complete or it is none.
 */
export async function listAll<T extends KubeObject>(
  client: KubeClient,
  path: string,
  signal: AbortSignal,
): Promise<readonly T[]> {
  try {
    return await inPages<T>(client, path, signal)
  } catch (error) {
    if (!isExpired(error)) throw error
    return itemsOf(await client.json<ListObject<T>>({ path }, signal))
  }
}

/** An answer that says nothing of items is no listing, and nothing may be concluded from it; `null` is an empty one. */
function itemsOf<T extends KubeObject>({ items }: ListObject<T>): readonly T[] {
  if (items === undefined) throw new Error('the answer is no list')
  return items ?? []
}

async function inPages<T extends KubeObject>(
  client: KubeClient,
  path: string,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const all: T[] = []
  for (let from: string | undefined = ''; from !== undefined; ) {
    const query: Record<string, string> = { limit: String(PAGE), ...(from === '' ? {} : { continue: from }) }
    const list: ListObject<T> = await client.json<ListObject<T>>({ path, query }, signal)
    all.push(...itemsOf(list))
    const { metadata } = list
    from = metadata?.continue === '' ? undefined : metadata?.continue
  }
  return all
}
