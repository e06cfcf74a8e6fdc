import { isTrue } from '../disk-row.ts'
import { open, type Probe, seen } from './probe.ts'

const NQN = 'nqn.2000-02.com.mikrotik:'
const ON = { 'nvme-tcp-export': 'yes' }

const shownWhenOff: Probe = {
  points: ['exportPropsShownWhenOff'],
  run: async ({ lab, nvmePort }, signal) => {
    const server = { 'nvme-tcp-server-nqn': NQN + lab.slot('off'), 'nvme-tcp-server-port': String(nvmePort) }
    await lab.must(lab.addSized('off', { 'nvme-tcp-export': 'no', ...server }), signal)
    const row = await lab.disk('off', signal)
    return [seen('exportPropsShownWhenOff', row?.has('nvme-tcp-server-nqn') === true)]
  },
}

const ownNqn: Probe = {
  points: ['defaultNqn'],
  run: async ({ lab, dial, nvmePort }, signal) => {
    await lab.must(lab.addSized('plain', { ...ON, 'nvme-tcp-server-port': String(nvmePort) }), signal)
    const told = (await lab.disk('plain', signal))?.get('nvme-tcp-server-nqn') ?? ''
    const names = { slot: lab.slot('plain'), prefixed: NQN + lab.slot('plain') } as const
    for (const [way, nqn] of Object.entries(names)) {
      if (told === nqn) return [seen('defaultNqn', way, 'by the property')]
    }
    if (told !== '') return [open('defaultNqn', `it is "${told}"`)]
    if (dial === undefined) return [open('defaultNqn', 'the property is empty, and no session was opened')]
    for (const [way, nqn] of Object.entries(names)) {
      const session = await dial(nqn, 'a', signal)
      if (session.open) {
        session.end()
        return [seen('defaultNqn', way, 'by a session')]
      }
    }
    return [open('defaultNqn', 'the property is empty, and neither name let a session in')]
  },
}

const sharedNqn: Probe = {
  points: ['secondExportOfOneNqn'],
  run: async ({ lab, nvmePort }, signal) => {
    const server = {
      ...ON,
      'nvme-tcp-server-nqn': NQN + lab.slot('shared'),
      'nvme-tcp-server-port': String(nvmePort),
    }
    await lab.must(lab.addSized('one', server), signal)
    const second = await lab.attempt(lab.addSized('two', server), signal)
    const row = second.done ? await lab.disk('two', signal) : undefined
    const accepted = isTrue(row?.get('nvme-tcp-export') ?? '')
    return [seen('secondExportOfOneNqn', accepted ? 'accepted' : 'refused', second.done ? '' : second.text)]
  },
}

const removal: Probe = {
  points: ['removeExported'],
  run: async ({ lab, nvmePort }, signal) => {
    const server = { ...ON, 'nvme-tcp-server-nqn': NQN + lab.slot('live'), 'nvme-tcp-server-port': String(nvmePort) }
    await lab.must(lab.addSized('live', server), signal)
    const attempt = await lab.attempt(lab.removeDisk('live'), signal)
    const gone = (await lab.disk('live', signal)) === undefined
    return [seen('removeExported', gone ? 'allowed' : 'refused', attempt.done ? '' : attempt.text)]
  },
}

/** How exports are told and named. */
export const EXPORT_PROBES: readonly Probe[] = [shownWhenOff, ownNqn, sharedNqn, removal]
