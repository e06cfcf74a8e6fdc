import { type Capability, capabilitiesProblem } from '../domain/capability.ts'
import { type CapacityRange, chooseSize } from '../domain/capacity.ts'
import { StorageError } from '../domain/errors.ts'
import type { Bytes, NodeId, VolumeId } from '../domain/ids.ts'
import type { Page } from '../domain/page.ts'
import { readMutable } from '../domain/mutable-parameters.ts'
import { plan, type Volume, type VolumeSource, type VolumeSpec } from '../domain/volume.ts'
import { nameProblem, parseVolumeId, volumeIdForName } from '../domain/volume-id.ts'
import { type Installation, readParameters, type VolumeParameters } from '../domain/volume-parameters.ts'
import type { Digests } from '../ports/digests.ts'
import type { PoolCapacity, VolumeBackend } from '../ports/volume-backend.ts'
import type { ContentSources } from './content-sources.ts'
import type { Detached } from './detached.ts'
import type { KeyedLock } from './keyed-lock.ts'
import { type Listing, pageOf, requireListing } from './listing.ts'
import type { OperationLog } from './operation-log.ts'
import type { PublishedNodes } from './published-nodes.ts'
import { type Permit, permitted } from './permit.ts'
import type { Readiness } from './readiness.ts'
import { SingleFlight } from './single-flight.ts'

/** How a volume is to be used, and the parameters of its StorageClass. */
export interface Usage {
  readonly capabilities: readonly Capability[]
  readonly parameters: Readonly<Record<string, string>>
}

export interface CreateRequest extends Usage {
  readonly name: string
  readonly range: CapacityRange
  /** What it is to be made from; undefined for one that begins empty. */
  readonly source: VolumeSource | undefined
  /** Of its VolumeAttributesClass. */
  readonly mutable: Readonly<Record<string, string>>
}

/** A request that can be served, as far as it says itself. */
interface Wanted {
  readonly parameters: VolumeParameters
  readonly bytes: Bytes
  readonly note: string | undefined
}

/** A volume and the parameters that it was asked for with. */
export interface CreatedVolume {
  readonly volume: Volume
  readonly parameters: VolumeParameters
}

/** A volume and the nodes to which it is published. */
export interface VolumeStatus {
  readonly volume: Volume
  readonly nodes: readonly NodeId[]
}

interface Parts {
  readonly backend: VolumeBackend
  readonly sources: ContentSources
  readonly detached: Detached
  readonly published: PublishedNodes
  readonly lock: KeyedLock
  readonly operations: OperationLog
  readonly readiness: Readiness
  readonly digests: Digests
  readonly installation: Installation
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
    const { name, range, capabilities, source, mutable } = request
    const key = `${id} ${JSON.stringify([name, range, capabilities, wanted.parameters, source ?? null, mutable])}`
    const task = (shared: AbortSignal) =>
      operations.record('create', id, () => this.#create(id, request, wanted, shared), {
        bytes: created => created.volume.bytes,
      })
    // Many volumes may be made from one source at once; nobody changes or removes it meanwhile.
    const read = source === undefined ? [] : [source.id]
    return this.#creations.join(key, signal, shared => lock.tryRun(id, () => task(shared), read))
  }

  /**
   * Removes the volume and its bytes; success if it is gone. A volume that is held is never removed. `permit` is asked under
   * the volume's lock, before anything is done; what it throws ends the removal.
   */
  async remove(id: VolumeId, signal: AbortSignal, permit: Permit = permitted): Promise<void> {
    const { readiness, lock, operations } = this.#parts
    readiness.require()
    const task = async () => {
      await permit()
      await this.#remove(id, signal)
    }
    await lock.tryRun(id, () => operations.record('delete', id, task))
  }

  async get(id: VolumeId, signal: AbortSignal): Promise<VolumeStatus> {
    const { readiness, backend } = this.#parts
    readiness.require()
    const volume = await backend.find(id, signal)
    if (volume === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    return this.#status(volume)
  }

  async list(wanted: Listing, signal: AbortSignal): Promise<Page<VolumeStatus>> {
    const { readiness, backend } = this.#parts
    readiness.require()
    requireListing(wanted, token => parseVolumeId(token) !== undefined)
    const { items, next } = pageOf(await backend.list(signal), volume => volume.id, wanted)
    return { items: items.map(volume => this.#status(volume)), next }
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

  #checked(request: CreateRequest): Wanted {
    const problem = nameProblem(request.name)
    if (problem !== undefined) throw new StorageError('invalid', `name ${problem}`)
    requireUsable(request.capabilities)
    const parameters = this.#parameters(request)
    const mutable = readMutable(request.mutable)
    if ('problems' in mutable) throw new StorageError('invalid', `mutable_parameters: ${mutable.problems.join('; ')}`)
    return { parameters, bytes: sizeIn(request.range), note: mutable.note }
  }

  #parameters({ parameters: raw }: Usage): VolumeParameters {
    const parameters = readParameters(raw, this.#parts.installation)
    if ('problems' in parameters) throw new StorageError('invalid', parameters.problems.join('; '))
    return parameters
  }

  async #create(id: VolumeId, request: CreateRequest, wanted: Wanted, signal: AbortSignal): Promise<CreatedVolume> {
    const { parameters } = wanted
    const { name, range, source } = request
    const have = await this.#parts.backend.known(id, signal)
    // A volume that is there is no worse for its source being gone by now.
    const bytes = have === undefined ? await this.#bytes(wanted.bytes, request, signal) : wanted.bytes
    const todo = plan(have, { id, name, range, folder: parameters.folder, source }, bytes)
    switch (todo.do) {
      case 'create':
        return { volume: await this.#noted(await this.#make(todo.spec, signal), wanted, signal), parameters }
      case 'return':
        return { volume: await this.#noted(todo.volume, wanted, signal), parameters }
      case 'refuse':
        throw new StorageError('conflict', `volume ${JSON.stringify(name)} exists and differs: ${todo.difference}`)
    }
  }

  #make(spec: VolumeSpec, signal: AbortSignal): Promise<Volume> {
    const { backend, sources } = this.#parts
    return spec.source === undefined ? backend.create(spec, signal) : sources.fill(spec, spec.source, signal)
  }

  /** What is asked for, and no less than the source has. */
  async #bytes(asked: Bytes, { range, source }: CreateRequest, signal: AbortSignal): Promise<Bytes> {
    if (source === undefined) return asked
    const least = await this.#parts.sources.bytes(source, signal)
    if (range.limit > 0 && least > range.limit) {
      throw new StorageError(
        'out-of-range',
        `capacity_range.limit_bytes ${range.limit} is below the ${least} bytes of the source ${source.id}`,
      )
    }
    return sizeIn({ required: Math.max(range.required, least), limit: range.limit })
  }

  /** A note that an earlier call did not get to is written now; one that was set since is left. */
  async #noted(volume: Volume, { note = '' }: Wanted, signal: AbortSignal): Promise<Volume> {
    if (note === '' || volume.note !== undefined) return volume
    return this.#parts.backend.annotate(volume.id, note, signal)
  }

  async #remove(id: VolumeId, signal: AbortSignal): Promise<void> {
    await this.#parts.detached.require(id, 'be deleted', signal)
    await this.#parts.backend.remove(id, signal)
  }

  #status(volume: Volume): VolumeStatus {
    return { volume, nodes: this.#parts.published.of(volume.id) }
  }
}

function sizeIn(range: CapacityRange): Bytes {
  const size = chooseSize(range)
  if (!size.ok) throw new StorageError(size.kind, `capacity_range: ${size.problem}`)
  return size.bytes
}

function requireUsable(capabilities: readonly Capability[]): void {
  const problem = capabilitiesProblem(capabilities)
  if (problem !== undefined) throw new StorageError('invalid', `volume_capabilities: ${problem}`)
}
