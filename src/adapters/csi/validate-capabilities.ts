import { readMutable } from '../../domain/mutable-parameters.ts'
import { readContext } from '../../domain/volume-context.ts'
import { volumeNqn } from '../../domain/volume-id.ts'
import type { Volumes } from '../../app/volumes.ts'
import { readCapabilities } from './capability-codec.ts'
import { invalid, required, volumeId } from './fields.ts'
import type { Controller } from './gen/csi/v1/csi_pb.ts'
import type { UnaryHandlers } from './unary.ts'

type Handler = NonNullable<UnaryHandlers<typeof Controller>['validateVolumeCapabilities']>

/** Confirms what it was asked as it was asked, or says in `message` why not. Only a malformed request is an error. */
export const validateHandler =
  (volumes: Volumes): Handler =>
  async (request, { signal }) => {
    const { parameters, volumeCapabilities, volumeContext, mutableParameters } = request
    const named = volumeId(request.volumeId)
    const capabilities = readCapabilities('volume_capabilities', volumeCapabilities)
    if (capabilities.length === 0) throw invalid('volume_capabilities', 'are missing: at least one is needed')
    const id = required(named, request.volumeId)
    const problem = await volumes.validate(id, capabilities, parameters, signal)
    const message = problem ?? contextProblem(volumeContext, id) ?? mutableProblem(mutableParameters)
    return message === undefined
      ? { confirmed: { volumeCapabilities, volumeContext, parameters, mutableParameters } }
      : { message }
  }

/** A context is optional here; one that is given must be one that a node could use. */
function contextProblem(context: Readonly<Record<string, string>>, id: Parameters<typeof volumeNqn>[0]) {
  if (Object.keys(context).length === 0) return undefined
  const reading = readContext(context, volumeNqn(id))
  return typeof reading === 'string' ? reading : undefined
}

function mutableProblem(raw: Readonly<Record<string, string>>): string | undefined {
  const reading = readMutable(raw)
  return 'problems' in reading ? `mutable_parameters: ${reading.problems.join('; ')}` : undefined
}
