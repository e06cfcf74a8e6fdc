import type { Behaviour } from './behaviours/behaviour.ts'
import { DISK, EXPORTS } from './behaviours/disk.ts'
import { BTRFS, FILES } from './behaviours/files.ts'
import { SERVICES } from './behaviours/services.ts'
import { SYSTEM } from './behaviours/system.ts'

export { type Behaviour, CONFIDENCE, SOURCES } from './behaviours/behaviour.ts'

/** Everything that the simulated device does as the real one is said to do it, each with its source. */
export const BEHAVIOURS: readonly Behaviour[] = [...DISK, ...EXPORTS, ...FILES, ...BTRFS, ...SYSTEM, ...SERVICES]
