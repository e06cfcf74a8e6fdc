/** What those need to know who look at the appliance as a whole. */
export interface OperationsOptions {
  /** Management address, as it was configured. */
  readonly address: string
  /** As `--rds-transport` names it. */
  readonly transport: string
  readonly user: string
  readonly basePath: string
  /** Where the probes open NVMe/TCP sessions; undefined: they open none. */
  readonly nvmeAddress?: string | undefined
  readonly nvmePort: number
}
