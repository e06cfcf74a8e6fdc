/** What the driver promises on an undisturbed machine. Times in milliseconds, memory in megabytes of 2^20 bytes. */
export const GOALS = {
  start: {
    controller: { millis: 180, megabytes: 90 },
    node: { millis: 120, megabytes: 70 },
  },
  /** Commands that the device gets after one another, where volumes lie flat in a folder, and where each has a subvolume. */
  roundTrips: {
    flat: { create: 2, publish: 1, unpublish: 1, delete: 2, list: 1 },
    subvolumes: { create: 3, publish: 1, unpublish: 1, delete: 4, list: 1 },
  },
  life: {
    /** Of the whole life at 100 ms a command, alone and with 16 at once. */
    flat: { alone: 640, sixteen: 700 },
    subvolumes: { alone: 960, sixteen: 1050 },
    /** Wall time over the device's own time. */
    overDevice: 1.1,
  },
  transports: {
    /** Of disks, for however many different volumes are looked for at once. */
    findListings: 2,
    /** Our part of listing so many volumes. */
    listing: { volumes: 10_000, millis: 300 },
  },
} as const

/** How volumes lie on the appliance. */
export const LAYOUTS = ['flat', 'subvolumes'] as const
export type Layout = (typeof LAYOUTS)[number]

/** What an older driver was measured to need for the whole life at 100 ms a command. */
export const OLDER_DRIVER = {
  roundTrips: { create: 3, publish: 1, unpublish: 0, delete: 4 },
  alone: 838,
  sixteen: 1183,
}

/** A goal beside what was reached. */
export const verdict = (reached: number, goal: number): string =>
  reached <= goal ? `<= ${goal} met` : `<= ${goal} MISSED`
