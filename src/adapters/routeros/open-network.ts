import type { NetworkFence } from '../../ports/network-fence.ts'

/** No fence at all: whoever is on the network reaches every export. */
export class OpenNetwork implements NetworkFence {
  async start(): Promise<void> {}
  async admit(): Promise<void> {}
  async close(): Promise<void> {}
  async secure(): Promise<void> {}

  confined(): boolean {
    return false
  }

  volumes(): readonly [] {
    return []
  }
}
