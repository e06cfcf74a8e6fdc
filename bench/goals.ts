/** What the driver promises on an undisturbed machine. Times in milliseconds, memory in megabytes of 2^20 bytes. */
export const GOALS = {
  start: {
    controller: { millis: 180, megabytes: 90 },
    node: { millis: 120, megabytes: 70 },
  },
  /** Commands that the device gets after one another. */
  roundTrips: { create: 2, publish: 1, unpublish: 1, delete: 2, list: 1 },
  life: {
    /** Of the whole life at 100 ms a command. */
    alone: 640,
    sixteen: 700,
    /** Wall time over the device's own time. */
    overDevice: 1.1,
  },
} as const

/** What an older driver was measured to need for the whole life at 100 ms a command. */
export const OLDER_DRIVER = {
  roundTrips: { create: 3, publish: 1, unpublish: 0, delete: 4 },
  alone: 838,
  sixteen: 1183,
}

/** A goal beside what was reached. */
export const verdict = (reached: number, goal: number): string =>
  reached <= goal ? `<= ${goal} met` : `<= ${goal} MISSED`
