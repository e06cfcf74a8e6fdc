import { ContainerModule } from 'inversify'
import { Clock } from '../../ports/clock.ts'
import { Digests } from '../../ports/digests.ts'
import { sha1, sha256 } from './digests.ts'
import { SystemClock } from './system-clock.ts'

/** Time and digests of this machine: `Clock` and `Digests`. */
export function systemModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Clock)
      .toResolvedValue(() => new SystemClock())
      .inSingletonScope()
    bind<Digests>(Digests).toConstantValue({ sha1, sha256 })
  })
}
