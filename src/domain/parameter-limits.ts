/** What the kernel reads as a number of seconds, and what the NVMe keep-alive (32 bits of milliseconds) can carry. */
const MAX_SECONDS = 2_147_483_647
const MAX_KEEP_ALIVE = 4_294_967

/** The StorageClass parameters that are numbers, with their limits. */
export const NUMBERS = {
  nvmePort: { byDefault: 4420, min: 1, max: 65_535 },
  ctrlLossTmo: { byDefault: -1, min: -1, max: MAX_SECONDS },
  reconnectDelay: { byDefault: 5, min: 1, max: MAX_SECONDS },
  keepAliveTmo: { byDefault: 0, min: 0, max: MAX_KEEP_ALIVE },
  migrationTimeoutSeconds: { byDefault: 300, min: 30, max: 3_600 },
} as const
export type NumberKey = keyof typeof NUMBERS
