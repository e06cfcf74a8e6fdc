import { type ErrorKind, StorageError } from '../../../domain/errors.ts'
import { hostPort } from '../../../domain/ip-address.ts'
import type { Portal } from '../../../domain/volume-context.ts'
import type { NvmeTarget } from '../../../ports/nvme-initiator.ts'
import { BlockError, type BlockErrorCode, BlockSession } from '../blocks/block-client.ts'

/** How long one portal may take to answer, in milliseconds; the next one is tried after that. */
const PORTAL_LIMIT = 10_000

const KINDS: Readonly<Record<BlockErrorCode, ErrorKind>> = {
  refused: 'unavailable',
  'unknown-nqn': 'precondition',
  'host-not-allowed': 'precondition',
  cut: 'unavailable',
  'out-of-range': 'internal',
  timeout: 'unavailable',
}

const HINTS: Partial<Record<BlockErrorCode, string>> = {
  'unknown-nqn': 'the appliance exports no such volume there: check that it is published to this node',
  'host-not-allowed': 'the appliance lets another host in: check that the volume is published to this node',
}

/**
 * A session by the first portal that grants one, from an address of this machine where one is given. Rejects with the signal's reason, or with a StorageError that says what
 * each portal answered: `precondition` if one of them knew better than that it cannot be reached, else `unavailable`.
 */
export async function openSession(target: NvmeTarget, signal: AbortSignal, from?: string): Promise<BlockSession> {
  const problems: { readonly where: string; readonly error: BlockError }[] = []
  for (const portal of target.portals) {
    try {
      return await openAt(portal, target, { signal, from })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof BlockError)) throw error
      problems.push({ where: hostPort(portal.address, portal.port), error })
    }
  }
  throw refusal(target, problems)
}

function openAt(
  { address, port }: Portal,
  { nqn, host }: NvmeTarget,
  { signal, from }: { readonly signal: AbortSignal; readonly from: string | undefined },
): Promise<BlockSession> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PORTAL_LIMIT)])
  const source = from === undefined ? {} : { from }
  return BlockSession.connect({ address, port, nqn, hostNqn: host.hostNqn, ...source }, limit)
}

function refusal(
  { nqn, host }: NvmeTarget,
  problems: readonly { readonly where: string; readonly error: BlockError }[],
): StorageError {
  const told = problems.map(({ where, error }) => `${where}: ${error.message}`).join('; ')
  const telling = problems.find(({ error }) => KINDS[error.code] === 'precondition') ?? problems[0]
  if (telling === undefined) return new StorageError('invalid', `${nqn} has no portal to connect to`)
  const { code } = telling.error
  const hint = HINTS[code] === undefined ? '' : ` (${HINTS[code]})`
  return new StorageError(KINDS[code], `cannot connect to ${nqn} as ${host.hostNqn}: ${told}${hint}`, {
    cause: telling.error,
  })
}
