import { type CapacityRange, satisfies } from './capacity.ts'
import type { Bytes, Instant, VolumeId, VolumeNqn } from './ids.ts'

/** A volume to be made. */
export interface VolumeSpec {
  readonly id: VolumeId
  /** The CSI name that asked for it; kept with the volume, so that two names never meet in one id. */
  readonly name: string
  readonly bytes: Bytes
  /** Folder of its backing file on the appliance, inside the base path, without a trailing slash. */
  readonly folder: string
}

/** A volume as the backend has it, to the byte. */
export interface Volume {
  readonly id: VolumeId
  /** Undefined for a volume of the older driver, which kept no name. */
  readonly name: string | undefined
  readonly bytes: Bytes
  readonly folder: string
  readonly nqn: VolumeNqn
  /** Undefined where the backend does not know. */
  readonly createdAt: Instant | undefined
}

/** What a CreateVolume request wants to be true. */
export interface VolumeWish {
  readonly id: VolumeId
  readonly name: string
  readonly range: CapacityRange
  readonly folder: string
}

/** How an existing volume relates to what is asked for. */
export type Comparison = { readonly same: true } | { readonly same: false; readonly difference: string }

/** Whether the volume that is there serves the request, so that asking again returns it. */
export function compare(have: Volume, want: VolumeWish): Comparison {
  if (have.name !== undefined && have.name !== want.name) {
    return { same: false, difference: `id ${have.id} belongs to the volume named "${have.name}"` }
  }
  if (!satisfies(have.bytes, want.range)) {
    const { required, limit } = want.range
    return { same: false, difference: `it has ${have.bytes} bytes, not ${required} to ${limit === 0 ? 'any' : limit}` }
  }
  if (have.folder !== want.folder) {
    return { same: false, difference: `its file lies in ${have.folder}, not in ${want.folder}` }
  }
  return { same: true }
}

/** What CreateVolume has to do. */
export type VolumePlan =
  | { readonly do: 'create'; readonly spec: VolumeSpec }
  | { readonly do: 'return'; readonly volume: Volume }
  | { readonly do: 'refuse'; readonly difference: string }

export function plan(have: Volume | undefined, want: VolumeWish, bytes: Bytes): VolumePlan {
  if (have === undefined) {
    return { do: 'create', spec: { id: want.id, name: want.name, bytes, folder: want.folder } }
  }
  const comparison = compare(have, want)
  return comparison.same ? { do: 'return', volume: have } : { do: 'refuse', difference: comparison.difference }
}
