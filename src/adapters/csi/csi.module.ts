import { ContainerModule, type ResolutionContext } from 'inversify'
import { Attachments } from '../../app/attachments.ts'
import { GroupSnapshots } from '../../app/group-snapshots.ts'
import { NodeVolumes } from '../../app/node-volumes.ts'
import { Publishing } from '../../app/publishing.ts'
import { Readiness } from '../../app/readiness.ts'
import { Snapshots } from '../../app/snapshots.ts'
import { Staging } from '../../app/staging.ts'
import { VolumeChanges } from '../../app/volume-changes.ts'
import { Volumes } from '../../app/volumes.ts'
import type { Millis } from '../../domain/ids.ts'
import { BackendHealth } from '../../ports/backend-health.ts'
import { Clock } from '../../ports/clock.ts'
import { Logger } from '../../ports/logger.ts'
import { Telemetry } from '../../ports/telemetry.ts'
import { controllerHandlers } from './controller.ts'
import { Controller, GroupController, Identity, Node } from './gen/csi/v1/csi_pb.ts'
import { groupHandlers } from './group-controller.ts'
import { identityHandlers, type IdentitySettings } from './identity.ts'
import { nodeHandlers } from './node.ts'
import { CsiServer } from './server.ts'

interface CommonOptions extends IdentitySettings {
  /** For calls that come without a deadline; a minute where it is left out. */
  readonly defaultDeadline?: Millis
}

export interface CsiControllerOptions extends CommonOptions {
  readonly role: 'controller'
  /** Told in the volume context. */
  readonly rdsAddress: string
}

export interface CsiNodeOptions extends CommonOptions {
  readonly role: 'node'
  readonly nodeId: string
  /** Whether the controller serves groups of snapshots: nodes tell the same and cannot see it. */
  readonly groupSnapshots: boolean
  /** Whether this node may connect to an IP address; to any where it is left out. */
  readonly mayConnect?: (address: string) => boolean
}

export type CsiOptions = CsiControllerOptions | CsiNodeOptions

/**
 * Binds `CsiServer` with the services of the role; it has to be told to `listen`. Needs `Clock`, `Logger` and `Telemetry`,
 * and the use cases that the role serves.
 */
export const csiModule = (options: CsiOptions): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(CsiServer)
      .toDynamicValue(context => csiServer(options, context))
      .inSingletonScope()
  })

function csiServer(options: CsiOptions, context: ResolutionContext): CsiServer {
  const logger = context.get<Logger>(Logger)
  const observers = { logger, telemetry: context.get<Telemetry>(Telemetry), clock: context.get<Clock>(Clock) }
  const { defaultDeadline } = options
  const server = new CsiServer(observers, defaultDeadline === undefined ? {} : { defaultDeadline })
  return options.role === 'controller'
    ? addController(server, options, context)
    : addNode(server, options, context, logger)
}

function addController(server: CsiServer, options: CsiControllerOptions, context: ResolutionContext): CsiServer {
  const readiness = context.get(Readiness)
  const groups = context.get(GroupSnapshots)
  const health = context.get<BackendHealth>(BackendHealth)
  const backend = {
    servesGroups: () => readiness.why === undefined && groups.isAble(),
    isReachable: () => health.link().connected,
  }
  return server
    .add(Identity, identityHandlers(options, readiness, backend))
    .add(Controller, controllerHandlers(controllerUseCases(context), options.rdsAddress))
    .add(GroupController, groupHandlers(groups, readiness))
}

function addNode(server: CsiServer, options: CsiNodeOptions, context: ResolutionContext, log: Logger): CsiServer {
  const backend = { servesGroups: () => options.groupSnapshots, isReachable: () => true }
  return server
    .add(Identity, identityHandlers(options, context.get(Readiness), backend))
    .add(Node, nodeHandlers(nodeParts(options, context, log)))
}

const controllerUseCases = (context: ResolutionContext) => ({
  volumes: context.get(Volumes),
  changes: context.get(VolumeChanges),
  snapshots: context.get(Snapshots),
  attachments: context.get(Attachments),
  readiness: context.get(Readiness),
})

const nodeParts = ({ nodeId, mayConnect = () => true }: CsiNodeOptions, context: ResolutionContext, log: Logger) => ({
  nodeId,
  mayConnect,
  log,
  staging: context.get(Staging),
  publishing: context.get(Publishing),
  nodeVolumes: context.get(NodeVolumes),
})
