import { type CapacityRange, satisfies } from './capacity.ts'
import type { Bytes, Instant, SnapshotId, VolumeId, VolumeNqn } from './ids.ts'

/** What a volume was made from. */
export type VolumeSource =
  | { readonly from: 'snapshot'; readonly id: SnapshotId }
  | { readonly from: 'volume'; readonly id: VolumeId }

/** A volume to be made. */
export interface VolumeSpec {
  readonly id: VolumeId
  /** The CSI name that asked for it; kept with the volume, so that two names never meet in one id. */
  readonly name: string
  readonly bytes: Bytes
  /** Folder of its backing file on the appliance, inside the base path, without a trailing slash. */
  readonly folder: string
  /** Undefined for a volume that begins empty. */
  readonly source: VolumeSource | undefined
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
  /** What it was made from; undefined for one that began empty. */
  readonly source: VolumeSource | undefined
  /** Text for people that VolumeAttributesClasses set; undefined where there is none. */
  readonly note: string | undefined
}

/** What a CreateVolume request wants to be true. */
export interface VolumeWish {
  readonly id: VolumeId
  readonly name: string
  readonly range: CapacityRange
  readonly folder: string
  readonly source: VolumeSource | undefined
}

/** How an existing volume relates to what is asked for. */
export type Comparison = { readonly same: true } | { readonly same: false; readonly difference: string }

/** Whether the volume that is there serves the request, so that asking again returns it. */
export function compare(have: Volume, want: VolumeWish): Comparison {
  const { required, limit } = want.range
  const differences: readonly (readonly [boolean, string])[] = [
    [have.name !== undefined && have.name !== want.name, `id ${have.id} belongs to the volume named "${have.name}"`],
    [
      !satisfies(have.bytes, want.range),
      `it has ${have.bytes} bytes, not ${required} to ${limit === 0 ? 'any' : limit}`,
    ],
    [have.folder !== want.folder, `its file lies in ${have.folder}, not in ${want.folder}`],
    [have.source?.id !== want.source?.id, `it was made from ${nameOf(have.source)}, not from ${nameOf(want.source)}`],
  ]
  const difference = differences.find(([differs]) => differs)?.[1]
  return difference === undefined ? { same: true } : { same: false, difference }
}

const nameOf = (source: VolumeSource | undefined): string => source?.id ?? 'nothing'

/** What CreateVolume has to do. */
export type VolumePlan =
  | { readonly do: 'create'; readonly spec: VolumeSpec }
  | { readonly do: 'return'; readonly volume: Volume }
  | { readonly do: 'refuse'; readonly difference: string }

export function plan(have: Volume | undefined, want: VolumeWish, bytes: Bytes): VolumePlan {
  if (have === undefined) {
    const { id, name, folder, source } = want
    return { do: 'create', spec: { id, name, bytes, folder, source } }
  }
  const comparison = compare(have, want)
  return comparison.same ? { do: 'return', volume: have } : { do: 'refuse', difference: comparison.difference }
}
