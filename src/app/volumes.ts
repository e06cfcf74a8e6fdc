import { type Capability, capabilitiesProblem } from '../domain/capability.ts'
import { type CapacityRange, chooseSize } from '../domain/capacity.ts'
import { StorageError } from '../domain/errors.ts'
import type { Bytes, NodeId, VolumeId } from '../domain/ids.ts'
import { holders } from '../domain/attachment.ts'
import { type Page, page } from '../domain/page.ts'
import { plan, type Volume } from '../domain/volume.ts'
import { nameProblem, parseVolumeId, volumeIdForName } from '../domain/volume-id.ts'
import { type Installation, readParameters, type VolumeParameters } from '../domain/volume-parameters.ts'
import type { Digests } from '../ports/digests.ts'
import type { HostAccess } from '../ports/host-access.ts'
import type { PoolCapacity, VolumeBackend } from '../ports/volume-backend.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { KeyedLock } from './keyed-lock.ts'
import type { OperationLog } from './operation-log.ts'
import type { Readiness } from './readiness.ts'
import type { ReconcileExports } from './reconcile-exports.ts'
import { SingleFlight } from './single-flight.ts'

/** How a volume is to be used, and the parameters of its StorageClass. */
export interface Usage {
  readonly capabilities: readonly Capability[]
  readonly parameters: Readonly<Record<string, string>>
}

export interface CreateRequest extends Usage {
  readonly name: string
  readonly range: CapacityRange
}

/** A volume and the parameters that it was asked for with. */
export interface CreatedVolume {
  readonly volume: Volume
  readonly parameters: VolumeParameters
}

/** A volume and the nodes that hold it. */
export interface VolumeStatus {
  readonly volume: Volume
  readonly nodes: readonly NodeId[]
}

interface Parts {
  readonly backend: VolumeBackend
  readonly hosts: HostAccess
  readonly reconcile: ReconcileExports
  readonly registry: AttachmentRegistry
  readonly lock: KeyedLock
  readonly operations: OperationLog
  readonly readiness: Readiness
  readonly digests: Digests
  readonly installation: Installation
  /** Whether a volume may grow while it is attached; only where that was proven harmless. */
  readonly onlineExpansion: boolean
}

/** The life of volumes, apart from who holds them. */
export class Volumes {
  readonly #parts: Parts
  readonly #creations = new SingleFlight<CreatedVolume>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Makes the volume, or returns the one that the same request made before. Identical requests in flight share a result. */
  async create(request: CreateRequest, signal: AbortSignal): Promise<CreatedVolume> {
    const { readiness, digests, lock, operations } = this.#parts
    readiness.require()
    const wanted = this.#checked(request)
    const id = volumeIdForName(request.name, digests.sha256)
    const key = `${id} ${JSON.stringify([request.name, request.range, request.capabilities, wanted.parameters])}`
    return this.#creations.join(key, signal, shared =>
      lock.tryRun(id, () =>
        operations.record(
          'create',
          id,
          () => this.#create(id, request, wanted, shared),
          created => created.volume.bytes,
        ),
      ),
    )
  }

  /** Removes the volume and its bytes; success if it is gone. A volume that is held is never removed. */
  async remove(id: VolumeId, signal: AbortSignal): Promise<void> {
    const { readiness, lock, operations } = this.#parts
    readiness.require()
    await lock.tryRun(id, () => operations.record('delete', id, () => this.#remove(id, signal)))
  }

  async get(id: VolumeId, signal: AbortSignal): Promise<VolumeStatus> {
    const { readiness, backend } = this.#parts
    readiness.require()
    const volume = await backend.find(id, signal)
    if (volume === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    return this.#status(volume)
  }

  async list(
    wanted: { readonly max: number; readonly token: string },
    signal: AbortSignal,
  ): Promise<Page<VolumeStatus>> {
    const { readiness, backend } = this.#parts
    readiness.require()
    if (wanted.max < 0) throw new StorageError('invalid', 'max_entries must not be negative')
    if (wanted.token !== '' && parseVolumeId(wanted.token) === undefined) {
      throw new StorageError('busy', 'starting_token is none of this driver; start the listing again without it')
    }
    const all = await backend.list(signal)
    const { items, next } = page(all, volume => volume.id, { max: wanted.max, after: wanted.token })
    return { items: items.map(volume => this.#status(volume)), next }
  }

  /** Grows the volume to what the range asks for, and returns what the backend then has. Never shrinks. */
  async expand(id: VolumeId, range: CapacityRange, signal: AbortSignal): Promise<Volume> {
    const { readiness, lock, operations } = this.#parts
    readiness.require()
    const size = chooseSize(range)
    if (!size.ok) throw new StorageError(size.kind, `capacity_range: ${size.problem}`)
    return lock.tryRun(id, () =>
      operations.record(
        'expand',
        id,
        () => this.#expand(id, size.bytes, range, signal),
        volume => volume.bytes,
      ),
    )
  }

  /** The space for volumes of this kind; without capabilities for any. */
  async capacity(wanted: Usage, signal: AbortSignal): Promise<PoolCapacity> {
    this.#parts.readiness.require()
    if (wanted.capabilities.length > 0) requireUsable(wanted.capabilities)
    this.#parameters(wanted)
    return this.#parts.backend.capacity(signal)
  }

  /** Why a volume with these parameters cannot be used so, or undefined. Throws `not-found` where it does not exist. */
  async validate(
    id: VolumeId,
    capabilities: readonly Capability[],
    parameters: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    await this.get(id, signal)
    const wanted = readParameters(parameters, this.#parts.installation)
    if ('problems' in wanted) return wanted.problems.join('; ')
    return capabilitiesProblem(capabilities)
  }

  #checked(request: CreateRequest): { parameters: VolumeParameters; bytes: Bytes } {
    const problem = nameProblem(request.name)
    if (problem !== undefined) throw new StorageError('invalid', `name ${problem}`)
    requireUsable(request.capabilities)
    const parameters = this.#parameters(request)
    const size = chooseSize(request.range)
    if (!size.ok) throw new StorageError(size.kind, `capacity_range: ${size.problem}`)
    return { parameters, bytes: size.bytes }
  }

  #parameters({ parameters: raw }: Usage): VolumeParameters {
    const parameters = readParameters(raw, this.#parts.installation)
    if ('problems' in parameters) throw new StorageError('invalid', parameters.problems.join('; '))
    return parameters
  }

  async #create(
    id: VolumeId,
    { name, range }: CreateRequest,
    { parameters, bytes }: { parameters: VolumeParameters; bytes: Bytes },
    signal: AbortSignal,
  ): Promise<CreatedVolume> {
    const { backend } = this.#parts
    const todo = plan(await backend.known(id, signal), { id, name, range, folder: parameters.folder }, bytes)
    switch (todo.do) {
      case 'create':
        return { volume: await backend.create(todo.spec, signal), parameters }
      case 'return':
        return { volume: todo.volume, parameters }
      case 'refuse':
        throw new StorageError('conflict', `volume ${JSON.stringify(name)} exists and differs: ${todo.difference}`)
    }
  }

  async #remove(id: VolumeId, signal: AbortSignal): Promise<void> {
    const nodes = this.#holdersOf(id)
    if (nodes.length > 0) {
      throw new StorageError('precondition', `volume ${id} is attached to ${nodes.join(', ')}; detach it first`)
    }
    await this.#requireUnexported(id, 'be deleted', signal)
    await this.#parts.backend.remove(id, signal)
  }

  async #expand(id: VolumeId, bytes: Bytes, { limit }: CapacityRange, signal: AbortSignal): Promise<Volume> {
    const { backend, onlineExpansion } = this.#parts
    const have = await backend.find(id, signal)
    if (have === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    if (limit > 0 && have.bytes > limit) {
      throw new StorageError(
        'out-of-range',
        `volume ${id} has ${have.bytes} bytes already, more than limit_bytes ${limit}`,
      )
    }
    if (have.bytes >= bytes) return have
    const nodes = this.#holdersOf(id)
    if (nodes.length > 0 && !onlineExpansion) {
      throw new StorageError(
        'precondition',
        `volume ${id} is attached to ${nodes.join(', ')}; detach first: growing it under a live session is not proven harmless`,
      )
    }
    if (!onlineExpansion) await this.#requireUnexported(id, 'grow', signal)
    return backend.resize(id, bytes, signal)
  }

  /** An export that no seat justifies may have sessions all the same; it goes off after the grace period. */
  async #requireUnexported(id: VolumeId, purpose: string, signal: AbortSignal): Promise<void> {
    const { hosts, reconcile } = this.#parts
    if ((await hosts.admitted(id, signal)).to === 'nobody') return
    reconcile.suspect(id)
    throw new StorageError(
      'precondition',
      `volume ${id} is still exported although no node holds it; the export goes off after the grace period, then it can ${purpose}`,
    )
  }

  #status(volume: Volume): VolumeStatus {
    return { volume, nodes: this.#holdersOf(volume.id) }
  }

  #holdersOf(id: VolumeId): readonly NodeId[] {
    return holders(this.#parts.registry.get(id)).map(seat => seat.node)
  }
}

function requireUsable(capabilities: readonly Capability[]): void {
  const problem = capabilitiesProblem(capabilities)
  if (problem !== undefined) throw new StorageError('invalid', `volume_capabilities: ${problem}`)
}
