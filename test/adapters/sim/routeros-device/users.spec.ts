import { describe, expect, it } from 'vitest'
import type { Service } from '../../../../src/adapters/sim/routeros-device/command.ts'
import { CommandRunner } from '../../../../src/adapters/sim/routeros-device/command-runner.ts'
import {
  type DeviceUser,
  groupOf,
  POLICIES,
  type Policy,
  Users,
} from '../../../../src/adapters/sim/routeros-device/users.ts'
import { ModelDevice } from './model-device.ts'

const user = (policies: readonly Policy[]): DeviceUser => ({ name: 'csi', password: 'pass', policies })

describe('a user of the device', () => {
  it.each([
    ['api', 'api'],
    ['rest', 'rest-api'],
    ['ssh', 'ssh'],
  ] as const)('logs in over %s with the right %s and the password, to the letter', (service, policy) => {
    const users = new Users([user([policy])])
    expect(users.authenticate(service, 'csi', 'pass')?.name).toBe('csi')
    for (const [name, password] of [
      ['csi', 'Pass'],
      ['CSI', 'pass'],
      ['csi', ''],
      ['', ''],
    ] as const) {
      expect(users.authenticate(service, name, password)).toBeUndefined()
    }
    const others = POLICIES.filter(other => other !== policy)
    expect(new Users([user(others)]).authenticate(service, 'csi', 'pass')).toBeUndefined()
  })

  it('has all rights, those of a group that every device has, or its own', () => {
    const rights = (rest: Partial<DeviceUser>): readonly string[] =>
      groupOf({ name: 'csi', password: '', ...rest }).policies
    expect(rights({})).toEqual(POLICIES)
    expect(rights({ group: 'write' })).toContain('write')
    expect(rights({ group: 'read' })).not.toContain('write')
    expect(rights({ group: 'nowhere' })).toEqual([])
    expect(rights({ policies: ['read'], group: 'csi' })).toEqual(['read'])
  })
})

/** The refusal of a command over a service for somebody with these rights; `''`: none. */
function refusal(service: Service, path: string, policies: readonly Policy[]): string {
  const runner = new CommandRunner(new ModelDevice().state)
  try {
    runner.perform({ path, args: new Map(), queries: [], service }, user(policies))
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('the rights that a command asks for', () => {
  it.each([
    ['api', '/disk/print', ['api', 'read'], ''],
    ['api', '/disk/print', ['api', 'write'], 'not enough permissions (9)'],
    ['api', '/disk/scan', ['api', 'read'], 'not enough permissions (9)'],
    ['api', '/disk/scan', ['api', 'write'], ''],
    ['api', '/system/resource/print', ['api', 'read'], ''],
    ['ssh', '/disk/print', ['ssh', 'read'], ''],
    ['rest', '/disk/print', ['rest-api', 'read'], 'std failure: not allowed (9)'],
    ['rest', '/disk/print', ['rest-api', 'api', 'read'], ''],
    ['rest', '/disk/scan', ['rest-api', 'api', 'read'], 'not enough permissions (9)'],
    ['rest', '/system/resource/print', ['rest-api', 'api', 'read'], 'std failure: not allowed (9)'],
    ['rest', '/system/resource/print', ['rest-api', 'api', 'read', 'test'], ''],
    ['api', '/disk/explode', ['api', 'read'], 'no such command'],
    ['api', '/disk/toString', ['api', 'read'], 'no such command'],
  ] as const)('over %s for %s with %j: %s', (service, path, policies, wanted) => {
    expect(refusal(service, path, policies)).toBe(wanted)
  })
})

describe('/system/resource over REST', () => {
  it.each(['test', 'read'] as const)('asks for %s', resourcePolicy => {
    const runner = new CommandRunner(new ModelDevice({ resourcePolicy }).state)
    const command = { path: '/system/resource/print', args: new Map(), queries: [], service: 'rest' } as const
    const ask = () => runner.perform(command, user(['rest-api', 'api', 'read']))
    if (resourcePolicy === 'test') expect(ask).toThrow('std failure: not allowed (9)')
    else expect(ask()).toHaveProperty('rows')
  })
})
