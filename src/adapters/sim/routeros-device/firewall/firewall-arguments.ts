import { type Argument, argumentTable, type ArgumentTable, REFERENCES } from '../arguments.ts'
import { choice, flag, text, type ValueKind } from '../value-kinds.ts'
import { isAddressPattern, isPortPattern } from './address-match.ts'

const INVALID = { refused: 'invalid' } as const
/** A single address reads back without its mask. */
const address: ValueKind = value => (isAddressPattern(value) ? value.replace(/^([\d.]+)\/32$/, '$1') : INVALID)
const negatable =
  (kind: (text: string) => boolean): ValueKind =>
  value => {
    const plain = value.startsWith('!') ? value.slice(1) : value
    return plain === '' || kind(plain) ? value : INVALID
  }

const STATES: ReadonlySet<string> = new Set(['established', 'invalid', 'new', 'related', 'untracked'])
const ACTIONS = ['accept', 'drop', 'fasttrack-connection', 'jump', 'log', 'passthrough', 'reject', 'return', 'tarpit']

const RULE: Readonly<Record<string, ValueKind>> = {
  chain: text,
  action: choice(...ACTIONS),
  'jump-target': text,
  'reject-with': choice(
    'tcp-reset',
    'icmp-admin-prohibited',
    'icmp-host-prohibited',
    'icmp-host-unreachable',
    'icmp-net-prohibited',
    'icmp-network-unreachable',
    'icmp-port-unreachable',
    'icmp-protocol-unreachable',
  ),
  protocol: negatable(value => ['tcp', '6', 'udp', '17', 'icmp', '1'].includes(value)),
  'src-address': negatable(isAddressPattern),
  'src-address-list': text,
  'dst-port': negatable(isPortPattern),
  'connection-state': negatable(value => value.split(',').every(state => STATES.has(state))),
  disabled: flag,
  comment: text,
  log: flag,
  'log-prefix': text,
}

/** Settings of a filter rule that the model knows; a rule with any other is refused rather than misunderstood. */
export const RULE_SETTINGS: ArgumentTable = argumentTable(RULE)
const PLACE: Argument = { kind: text }
export const RULE_ADD: ArgumentTable = new Map([...RULE_SETTINGS, ['place-before', PLACE]])
export const RULE_SET: ArgumentTable = new Map([...RULE_SETTINGS, ...REFERENCES])
export const RULE_MOVE: ArgumentTable = argumentTable({ destination: text }, REFERENCES)

/** Settings of an entry of an address list. */
export const ENTRY_ADD: ArgumentTable = argumentTable({
  list: text,
  address,
  timeout: text,
  disabled: flag,
  comment: text,
})
export const ENTRY_SET: ArgumentTable = new Map([...ENTRY_ADD, ...REFERENCES])
