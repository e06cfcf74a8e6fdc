import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigurationError, controllerConfig, nodeConfig } from '../../src/config.ts'

let folder: string
let good: readonly string[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rds-csi-config-'))
  for (const name of ['password', 'kubeconfig', 'ca.pem']) writeFileSync(join(folder, name), 'x')
  good = [
    '--rds-address=192.0.2.10',
    `--rds-password-file=${join(folder, 'password')}`,
    `--rds-ca-file=${join(folder, 'ca.pem')}`,
    '--rds-volume-base-path=/pool/volumes',
    `--kubeconfig=${join(folder, 'kubeconfig')}`,
    '--leader-election-namespace=rds-csi',
  ]
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function mistakes(read: () => unknown): readonly string[] {
  try {
    read()
  } catch (error) {
    return (error as ConfigurationError).mistakes
  }
  return []
}
const controllerMistakes = (...flags: readonly string[]) => mistakes(() => controllerConfig([...good, ...flags], {}))

describe('the configuration of a controller', () => {
  it('has the promised defaults, and the data address of the management address', () => {
    const config = controllerConfig(good, { POD_NAME: 'rds-csi-0' })
    expect(config).toMatchObject({
      'driver-name': 'rds.csi.srvlab.io',
      endpoint: '/csi/csi.sock',
      'metrics-address': ':9809',
      'rds-transport': 'api',
      'rds-user': 'admin',
      'nvme-address': '192.0.2.10',
      'nvme-port': 4420,
      'attachment-grace-period': 30_000,
      'attachment-reconcile-interval': 300_000,
      'leader-election': true,
      'leader-election-lease-duration': 15_000,
      'leader-election-identity': 'rds-csi-0',
      'online-expansion': false,
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('is read from the environment too, and a flag wins', () => {
    const env = { RDS_CSI_NVME_PORT: '4421', RDS_CSI_RDS_USER: 'csi', RDS_CSI_LOG_LEVEL: '' }
    const config = controllerConfig([...good, '--nvme-port=4422'], env)
    expect(config).toMatchObject({ 'nvme-port': 4422, 'rds-user': 'csi', 'log-level': 'info' })
    expect(mistakes(() => controllerConfig(good, { RDS_CSI_NVME_PORT: 'x' }))).toEqual([
      'RDS_CSI_NVME_PORT=x must be a port from 1 to 65535',
    ])
  })

  it('tells all mistakes at once, each with what to do', () => {
    expect(mistakes(() => controllerConfig(['--endpoint=csi.sock', '--typo=1', 'stray'], {}))).toEqual([
      '--typo is unknown here; --help lists what is known',
      '"stray" is no flag; flags are --name=value',
      '--endpoint=csi.sock must be unix:///absolute/path',
      '--rds-address=HOST is missing: management address of the appliance',
      '--rds-password-file=FILE is missing: file with the password; read again at each login',
      '--rds-volume-base-path=/POOL/FOLDER is missing: folder of the backing files; nothing else is touched',
      expect.stringContaining('--rds-ca-file or --rds-fingerprint is missing'),
      expect.stringContaining('--kubeconfig=FILE is missing'),
      expect.stringContaining('--leader-election-namespace=NAME is missing'),
    ])
  })

  it.each([
    ['--rds-volume-base-path=/pool', 'must be /pool/folder'],
    ['--rds-volume-base-path=/pool/../etc', 'may have only names'],
    ['--rds-volume-base-path=/pool/a;b', 'may have only names'],
    ['--rds-fingerprint=AB:CD', '64 hex digits'],
    ['--attachment-grace-period=30', 'must be a duration such as'],
    ['--attachment-grace-period=0s', 'must be longer than nothing'],
    ['--leader-election-lease-duration=5s', 'must be 6s or longer'],
    ['--leader-election=perhaps', 'must be one of true, false'],
    ['--rds-transport=rest', 'must be one of api, api-plain'],
    ['--cluster-id=me', 'must be a lower-case UUID'],
    ['--nvme-address=appliance.lan', 'must be an IP address'],
    ['--nvme-port=0', 'must be a port from 1 to 65535'],
    ['--driver-name=Rds', 'lower-case DNS name'],
    ['--metrics-address=9809', 'must be host:port or :port'],
    [`--endpoint=unix:///${'x'.repeat(107)}`, 'longer than the 107 bytes'],
    ['--rds-address', 'needs a value: --rds-address=HOST'],
  ])('refuses %s', (flag, why) => {
    const others = good.filter(given => !given.startsWith(`${flag.split('=')[0]}=`))
    const told = mistakes(() => controllerConfig([...others, flag], {}))
    expect(told.join('\n')).toContain(why)
  })

  it('refuses a flag that is given twice', () => {
    expect(controllerMistakes('--nvme-port=1', '--nvme-port=2')).toEqual(['--nvme-port is given twice'])
  })

  it('wants an IP address for nodes where the appliance is given by name', () => {
    const flags = ['--rds-address=rds.lan', ...good.slice(1)]
    expect(mistakes(() => controllerConfig(flags, {}))).toEqual([
      expect.stringContaining('--nvme-address=IP is missing'),
    ])
    expect(controllerConfig([...flags, '--nvme-address=198.51.100.1'], {})['nvme-address']).toBe('198.51.100.1')
  })

  it('sends no password unencrypted unless told to', () => {
    expect(controllerMistakes('--rds-transport=api-plain')).toEqual([expect.stringContaining('unencrypted')])
    expect(controllerMistakes('--rds-transport=api-plain', '--rds-insecure-skip-verify=true')).toEqual([])
  })
})

describe('the configuration of a node', () => {
  it('needs its name and its host', () => {
    expect(mistakes(() => nodeConfig([], {}))).toEqual([
      expect.stringContaining('--node-id=NAME is missing'),
      expect.stringContaining('--host=KIND is missing'),
    ])
  })

  it('reads the networks that it may connect to', () => {
    const flags = ['--node-id=node-a', '--host=simulated']
    const config = nodeConfig([...flags, '--nvme-allowed-networks=10.1.0.0/16, 2001:db8::/32'], {})
    expect(config['nvme-allowed-networks']).toEqual([
      { address: '10.1.0.0', prefix: 16 },
      { address: '2001:db8::', prefix: 32 },
    ])
    for (const bad of ['10.1.0.0', '10.1.0.0/33', 'lan/8', '2001:db8::/129']) {
      expect(mistakes(() => nodeConfig([...flags, `--nvme-allowed-networks=${bad}`], {}))).toHaveLength(1)
    }
  })
})
