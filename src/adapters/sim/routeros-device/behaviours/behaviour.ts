import type { DeviceSwitches } from '../switches.ts'

/** Where a behaviour is known from, by a short name. */
export const SOURCES = {
  MAN: "MikroTik's manual of October 2026 (RouterOS 7.24 and 7.25)",
  RESTRAML: 'the command schema of every RouterOS version, as tikoci/restraml publishes it',
  SC: 'captures of singlecheeze/mikrotik-rds-csi (RDS2216, RouterOS 7.24.4)',
  UP: 'captures of 3whiskeywhiskey/rds-csi (the same appliance, an older RouterOS)',
  CENTRS: 'tikoci/centrs, measured on Cloud Hosted Routers up to 7.24',
  QCHR: 'tikoci/quickchr, measured on Cloud Hosted Routers',
  SKILLS: 'tikoci/routeros-skills, measured on Cloud Hosted Routers',
  CHR: 'measurements of others over REST on a Cloud Hosted Router, 7.23.7',
  CLIENTS: 'what many clients of the API expect',
  KSRC: "MikroTik's published kernel base (Linux 5.6.3, without its patches)",
  LINUX: 'what Linux does with the same file system',
} as const

/** Short name of a source. */
export type Source = keyof typeof SOURCES

/** How sure a behaviour is. */
export const CONFIDENCE = {
  H: 'stated by MikroTik, or measured on a real device or a Cloud Hosted Router',
  M: 'strongly suggested by several sources',
  L: 'one weak source',
  '?': 'unknown: a guess, which has a switch where the driver could come to rely on it',
} as const

/** Mark of how sure a behaviour is. */
export type Confidence = keyof typeof CONFIDENCE

/** One thing that the simulated device does as the real one is said to do it. */
export interface Behaviour {
  /** Path of the menu, or the service. */
  readonly area: string
  /** The commands that it is about, by their names; empty: all of the area. */
  readonly commands: readonly string[]
  readonly text: string
  readonly confidence: Confidence
  /** Empty for a guess that nothing suggests. */
  readonly sources: readonly Source[]
  /** The switch that lets the device behave otherwise. */
  readonly switch?: keyof DeviceSwitches
}

type Told = Omit<Behaviour, 'area' | 'commands'>

const mark =
  (confidence: Confidence) =>
  (sources: string, text: string, switchName?: keyof DeviceSwitches): Told => ({
    text,
    confidence,
    sources: sources.split(' ').filter(name => name !== '') as Source[],
    ...(switchName && { switch: switchName }),
  })

/** Stated or measured. */
export const stated = mark('H')
/** Inferred from several sources. */
export const inferred = mark('M')
/** Said by one weak source. */
export const weak = mark('L')
/** A guess. */
export const guessed = mark('?')

/** What is known of one area, by the commands that it is about, such as `add set`; `''` is all of them. */
export function area(name: string, told: Readonly<Record<string, readonly Told[]>>): readonly Behaviour[] {
  return Object.entries(told).flatMap(([commands, behaviours]) =>
    behaviours.map(behaviour => ({
      area: name,
      commands: commands.split(' ').filter(word => word !== ''),
      ...behaviour,
    })),
  )
}
