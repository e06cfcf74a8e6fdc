import { describe, expect, it } from 'vitest'
import { launcherBeside } from '../../src/demo/launcher.ts'

describe('programs of the demonstration', () => {
  it('are started from the bundles beside its own, each with its own compile cache', () => {
    const launch = launcherBeside('/opt/dist/simulators.cjs', { HOME: '/root', NODE_COMPILE_CACHE: '/opt/cache/demo' })
    const controller = launch(['controller', '--x=1'])
    expect(controller).toMatchObject({
      command: process.execPath,
      env: { HOME: '/root', NODE_COMPILE_CACHE: '/opt/cache/controller' },
    })
    expect(controller.args.slice(-3)).toEqual(['/opt/dist/rds-csi.cjs', 'controller', '--x=1'])
    expect(launch(['node']).args.slice(-2)).toEqual(['/opt/dist/simulators.cjs', 'node'])
    expect(launch(['simulate-device']).args.slice(-2)).toEqual(['/opt/dist/simulators.cjs', 'simulate-device'])
  })

  it('are started from the sources where it runs from them', () => {
    const launch = launcherBeside('/home/me/src/simulators.ts', {})
    expect(launch(['controller']).args.slice(-2)).toEqual(['/home/me/src/driver.ts', 'controller'])
    expect(launch(['node']).args.slice(-2)).toEqual(['/home/me/src/simulators.ts', 'node'])
  })

  it('are started by a launcher that the environment names', () => {
    const launch = launcherBeside('/opt/dist/simulators.cjs', {
      RDS_CSI_LAUNCHER: '/opt/bin/rds-csi',
      NODE_COMPILE_CACHE: '/c',
    })
    expect(launch(['node', '--x=1'])).toEqual({
      command: '/opt/bin/rds-csi',
      args: ['node', '--x=1'],
      env: { NODE_COMPILE_CACHE: undefined },
    })
  })

  it('inherit no flags that were meant for the demonstration', () => {
    const launch = launcherBeside('/opt/dist/simulators.cjs', { RDS_CSI_RDS_ADDRESS: 'elsewhere', PATH: '/bin' })
    expect(launch(['controller']).env).toEqual({ PATH: '/bin', NODE_COMPILE_CACHE: undefined })
  })
})
