import type { Command } from '../../src/adapters/sim/routeros-device/command.ts'
import type { Fault } from '../../src/adapters/sim/routeros-device/faults.ts'
import type { Millis } from '../../src/domain/ids.ts'
import type { World } from './world.ts'

/** What goes wrong around one command. */
export interface Disturbance {
  readonly name: string
  /** It is carried out some time after it came: what becomes of it may depend on who waits for it. */
  readonly isHeld: boolean
  /** The process goes on and has to wait until the command cannot take effect any more, or it does so late. */
  readonly isSlow: boolean
  /** Arms it for the command of which this is true. */
  arm(world: World, isHit: (command: Command) => boolean): void
}

/** Longer than a sidecar waits for its call. */
const LATE: Millis = 12_000
/** After several further calls, or when all is done. */
const LATER: Millis = 35_000
/** When the next process has just begun. */
const SOON: Millis = 500
const never = new AbortController().signal

/** Everything that can go wrong around a command, in the order in which a short exploration takes them in turn. */
export const DISTURBANCES: readonly Disturbance[] = [
  struck('the process dies before it is sent', { kind: 'dropBefore' }, world => world.process.kill()),
  {
    name: 'the process dies after its effect',
    isHeld: false,
    isSlow: false,
    arm: (world, match) => world.device.faults.arm({ kind: 'watch', after: () => world.process.kill() }, { match }),
  },
  slow(struck('its reply is lost', { kind: 'loseReply' })),
  held('its effect comes after its call was given up', LATE),
  struck('it takes effect twice, and the second answer comes', { kind: 'duplicate', answer: 'second' }),
  struck('its reply is lost, and the process ends once its call has failed', { kind: 'loseReply' }, world => {
    world.endsAt = world.clock.monotonic() + LATE
  }),
  held('the process dies meanwhile, and its effect comes soon', SOON, world => world.process.kill()),
  struck('it takes effect twice, and the first answer comes', { kind: 'duplicate', answer: 'first' }),
  held('the process dies meanwhile, and its effect comes when all is done', LATER, world => world.process.kill()),
  slow(struck('the link breaks before its effect', { kind: 'dropBefore', reset: true })),
  held('its effect comes after several further calls', LATER),
]

function slow(disturbance: Disturbance): Disturbance {
  return { ...disturbance, isSlow: true }
}

/** `then` is done when the command comes. */
function struck(name: string, fault: Fault, then: (world: World) => void = () => undefined): Disturbance {
  return {
    name,
    isHeld: false,
    isSlow: false,
    arm(world, isHit) {
      const match = (command: Command): boolean => {
        if (!isHit(command)) return false
        then(world)
        return true
      }
      world.device.faults.arm(fault, { match })
    },
  }
}

/** The command is carried out so long after it came, whatever becomes of who sent it. */
function held(name: string, span: Millis, then: (world: World) => void = () => undefined): Disturbance {
  return {
    name,
    isHeld: true,
    isSlow: true,
    arm(world, isHit) {
      const gate = Promise.withResolvers<void>()
      const strike = (): void => {
        void world.clock.sleep(span, never).then(gate.resolve)
        then(world)
      }
      struck(name, { kind: 'ignoreCancel', until: gate.promise }, strike).arm(world, isHit)
    },
  }
}
