/** What clients need to know of a simulated appliance; addresses are `HOST:PORT`. */
export interface Appliance {
  readonly apiTls: string
  readonly blocks: string
  /** SHA-256 of its certificate. */
  readonly fingerprint: string
  /** File with the password of the user `admin`. */
  readonly passwordFile: string
}

/** Folder of the backing files on the appliance. */
export const BASE_PATH = '/storage-pool/volumes'

export const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':'))
export const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1)

/** Flags by which a controller finds it. */
export const applianceFlags = ({ apiTls, blocks, fingerprint, passwordFile }: Appliance): readonly string[] => [
  `--rds-address=${hostOf(apiTls)}`,
  `--rds-port=${portOf(apiTls)}`,
  `--rds-fingerprint=${fingerprint}`,
  `--rds-password-file=${passwordFile}`,
  `--rds-volume-base-path=${BASE_PATH}`,
  `--nvme-port=${portOf(blocks)}`,
]
