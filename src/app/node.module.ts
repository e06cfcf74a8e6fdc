import { ContainerModule } from 'inversify'
import { Filesystem } from '../ports/filesystem.ts'
import { Logger } from '../ports/logger.ts'
import { NvmeInitiator } from '../ports/nvme-initiator.ts'
import { KeyedLock } from './keyed-lock.ts'
import { NodeVolumes } from './node-volumes.ts'
import { OperationLog } from './operation-log.ts'
import { Publishing } from './publishing.ts'
import { Staging } from './staging.ts'

const PARTS = [NvmeInitiator, Filesystem, KeyedLock, OperationLog, Logger] as const
type Parts = [initiator: NvmeInitiator, filesystem: Filesystem, lock: KeyedLock, operations: OperationLog, log: Logger]

const named = ([initiator, filesystem, lock, operations, log]: Parts) => ({
  initiator,
  filesystem,
  lock,
  operations,
  log,
})

/** The use cases of a node. */
export const nodeModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(Staging)
      .toResolvedValue((...parts: Parts) => new Staging(named(parts)), [...PARTS])
      .inSingletonScope()
    bind(Publishing)
      .toResolvedValue((...parts: Parts) => new Publishing(named(parts)), [...PARTS])
      .inSingletonScope()
    bind(NodeVolumes)
      .toResolvedValue((...parts: Parts) => new NodeVolumes(named(parts)), [...PARTS])
      .inSingletonScope()
  })
