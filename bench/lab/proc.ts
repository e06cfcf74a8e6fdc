import { readdirSync, readFileSync } from 'node:fs'
import { sum } from '../statistics.ts'

/** Processor time of all threads of a process so far, in milliseconds, from Linux' scheduler. */
export function cpuMillis(pid: number): number {
  const nanos = readdirSync(`/proc/${pid}/task`).map(task => nanosOf(`/proc/${pid}/task/${task}/schedstat`))
  return sum(nanos) / 1e6
}

/** 0 for a thread that has ended since it was listed. */
function nanosOf(schedstat: string): number {
  try {
    return Number(readFileSync(schedstat, 'utf8').split(' ')[0])
  } catch {
    return 0
  }
}

/** In megabytes of 2^20 bytes. */
export interface Memory {
  readonly resident: number
  /** The part of it that is backed by no file. */
  readonly anonymous: number
  /** The most that was ever resident. */
  readonly peak: number
}

export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  return { resident: read('VmRSS'), anonymous: read('RssAnon'), peak: read('VmHWM') }
}
