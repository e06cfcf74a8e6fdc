import type { BlockExport, BlockTraffic } from '../../blocks/block-exports.ts'
import type { WrittenPieces } from '../file/written-pieces.ts'

/** What one namespace of the NVMe/TCP target is made of. */
export interface ExportTerms {
  readonly nqn: string
  readonly port: number
  /** Text of `nvme-tcp-server-allow-host-name`; `''` lets any host in (manual). */
  readonly allowedHost: string
  readonly file: string
  /** Size in bytes that hosts see; kept from when the export began (Linux 5.6 reads it when the namespace is enabled). */
  readonly size: number
  /** What is known of the holes in the file. */
  readonly written: WrittenPieces
  /** Whether the file lies in a read-only subvolume. */
  readonly readOnly: boolean
}

/** An export from when it is turned on until it is turned off or made anew. */
export class LiveExport implements BlockExport {
  /** The terms as they stand; they may be narrowed or widened while sessions live. */
  terms: ExportTerms
  /** False when no new session may begin although those that live may go on. */
  admits = true
  readonly traffic: BlockTraffic
  readonly #ending = new AbortController()

  constructor(terms: ExportTerms, traffic: BlockTraffic) {
    this.terms = terms
    this.traffic = traffic
  }

  get file(): string {
    return this.terms.file
  }

  get ended(): AbortSignal {
    return this.#ending.signal
  }

  size(): number {
    return this.terms.size
  }

  readOnly(): boolean {
    return this.terms.readOnly
  }

  wrote(offset: number, length: number): void {
    this.terms.written.wrote(offset, length)
  }

  /** Ends the export: its live sessions are cut. */
  end(): void {
    this.#ending.abort()
  }

  /** Whether a host NQN may come in. What a comma list means is unknown: one literal name, or several. */
  lets(hostNqn: string, commas: 'literal' | 'list'): boolean {
    const { allowedHost } = this.terms
    if (allowedHost === '') return true
    return commas === 'list' ? allowedHost.split(',').includes(hostNqn) : allowedHost === hostNqn
  }
}
