/** A script that runs on its own. */
export interface Job {
  readonly id: number
  readonly owner: string
  readonly started: Date
  readonly stop: AbortController
}

/** The jobs of `/system/script/job`. */
export class Jobs {
  readonly #jobs = new Map<number, Job>()
  #next = 1

  list(): readonly Job[] {
    return [...this.#jobs.values()]
  }

  /** Starts one; it is listed until its work has ended, however. */
  start(owner: string, started: Date, work: (signal: AbortSignal) => Promise<void>): Job {
    const job: Job = { id: this.#next, owner, started, stop: new AbortController() }
    this.#next += 1
    this.#jobs.set(job.id, job)
    const end = (): void => void this.#jobs.delete(job.id)
    // How a job ends is told to nobody; what it refused is in the device's log alone, which is not modelled.
    work(job.stop.signal).then(end, end)
    return job
  }
}
