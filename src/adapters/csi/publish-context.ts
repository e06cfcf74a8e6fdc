import type { PublishGrant } from '../../app/attachments.ts'
import { StorageError } from '../../domain/errors.ts'
import type { HostIdentity } from '../../domain/host-identity.ts'
import { type Bytes, type HostNqn, isUuid } from '../../domain/ids.ts'
import { invalid, quoted } from './fields.ts'

const HOST_NQN_PREFIX = 'nqn.2014-08.org.nvmexpress:uuid:'

type Context = Readonly<Record<string, string>>

/** The context as it travels. The attacher keeps it with the VolumeAttachment: a rebuild reads `attachedAt` and `migration`. */
export function writePublishContext({ host, attachedAt, sharing, bytes, port }: PublishGrant): Record<string, string> {
  return {
    hostNqn: host.hostNqn,
    hostId: host.hostId,
    attachedAt: String(attachedAt),
    bytes: String(bytes),
    ...(sharing ? { migration: 'none' } : {}),
    ...(port === undefined ? {} : { nvmePort: String(port) }),
  }
}

/** What a node needs of it. A volume that was attached before these keys existed has to be attached anew: `precondition`. */
export function readPublishContext(context: Context): {
  readonly host: HostIdentity
  readonly bytes: Bytes | undefined
  /** The port of the export; undefined where that is the one in the volume's context. */
  readonly port: number | undefined
} {
  return { host: readHost(context), bytes: readBytes(context), port: readPort(context) }
}

function readHost(context: Context): HostIdentity {
  const { hostNqn, hostId } = context
  if (hostNqn === undefined || hostId === undefined) {
    throw new StorageError(
      'precondition',
      'publish_context has no hostNqn and hostId: the volume was not attached by this driver, or by an older one; ' +
        'detach it everywhere and attach it again',
    )
  }
  if (!isUuid(hostId)) throw invalid('publish_context hostId', `${quoted(hostId)} must be a lower-case UUID`)
  if (hostNqn !== HOST_NQN_PREFIX + hostId) {
    throw invalid('publish_context hostNqn', `${quoted(hostNqn)} must be ${HOST_NQN_PREFIX}${hostId}`)
  }
  return { hostId, hostNqn: hostNqn as HostNqn }
}

function readBytes({ bytes }: Context): Bytes | undefined {
  if (bytes === undefined) return undefined
  if (/^[1-9]\d{0,15}$/.test(bytes) && Number.isSafeInteger(Number(bytes))) return Number(bytes)
  throw invalid('publish_context bytes', `${quoted(bytes)} must be a whole number of bytes`)
}

function readPort({ nvmePort }: Context): number | undefined {
  if (nvmePort === undefined) return undefined
  const port = /^[1-9]\d{0,4}$/.test(nvmePort) ? Number(nvmePort) : Number.NaN
  if (port <= 65_535) return port
  throw invalid('publish_context nvmePort', `${quoted(nvmePort)} must be a port from 1 to 65535`)
}
