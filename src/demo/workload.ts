import { randomUUID } from 'node:crypto'
import type { PublishContext } from './attacher.ts'
import type { Kubelet } from './kubelet.ts'
import type { PodVolume, Volume } from './volume.ts'

/** A pod with one volume on one node, from when the volume is attached there. */
export class Workload {
  readonly volume: Volume
  readonly context: PublishContext
  readonly #kubelet: Kubelet
  readonly #pod = randomUUID()
  #disk: PodVolume | undefined

  constructor(volume: Volume, context: PublishContext, kubelet: Kubelet) {
    this.volume = volume
    this.context = context
    this.#kubelet = kubelet
  }

  stage(): Promise<void> {
    return this.#kubelet.stage(this.volume, this.context)
  }

  /** The staged volume appears in the pod. */
  async publish(): Promise<void> {
    this.#disk = await this.#kubelet.publish(this.volume, this.#pod, this.context)
  }

  async start(): Promise<void> {
    await this.stage()
    await this.publish()
  }

  /** Size in bytes as the pod sees it. */
  get size(): number {
    return this.#open.size
  }

  /** Writes it and waits until it is on the appliance. */
  async write(offset: number, text: string): Promise<void> {
    await this.#open.write(offset, Buffer.from(text))
    await this.#open.flush()
  }

  async read(offset: number, length: number): Promise<string> {
    return (await this.#open.read(offset, length)).toString('utf8')
  }

  /** Makes the node see the size; answers what it sees. */
  expand(bytes: number): Promise<number> {
    return this.#kubelet.expand(this.volume, bytes)
  }

  /** Bytes in all, as the node's statistics have it. */
  total(): Promise<number> {
    return this.#kubelet.total(this.volume, this.#pod)
  }

  /** The pod ends, and the volume leaves the node; detaching comes after this. */
  async end(): Promise<void> {
    await this.#disk?.close()
    this.#disk = undefined
    await this.#kubelet.unpublish(this.volume, this.#pod)
    await this.#kubelet.unstage(this.volume)
  }

  get #open(): PodVolume {
    if (this.#disk === undefined) throw new Error('the volume is not published to the pod')
    return this.#disk
  }
}
