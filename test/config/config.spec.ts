import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adoptConfig, ConfigurationError, controllerConfig, doctorConfig, nodeConfig } from '../../src/config.ts'

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

describe('the configuration of the tools', () => {
  const appliance = () => good.filter(flag => flag.startsWith('--rds-'))

  it('needs no cluster, and is quiet by default', () => {
    const config = doctorConfig(appliance(), {})
    expect(config).toMatchObject({
      hardware: false,
      'log-level': 'error',
      'nvme-address': '192.0.2.10',
      'nvme-port': 4420,
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('takes --hardware and --dry-run without a value, and no other flag', () => {
    expect(doctorConfig([...appliance(), '--hardware'], {}).hardware).toBe(true)
    expect(doctorConfig([...appliance(), '--hardware=false'], {}).hardware).toBe(false)
    expect(mistakes(() => doctorConfig([...appliance(), '--rds-port'], {}))).toEqual([
      '--rds-port needs a value: --rds-port=PORT',
    ])
    expect(mistakes(() => doctorConfig([...appliance(), '--hardware', '--hardware'], {}))).toEqual([
      '--hardware is given twice',
    ])
  })

  it('refuses an appliance that proves nothing, as the controller does', () => {
    const unproven = appliance().filter(flag => !flag.startsWith('--rds-ca-file'))
    for (const read of [doctorConfig, adoptConfig]) {
      expect(
        mistakes(() => read([...unproven, '--dry-run'].slice(0, read === adoptConfig ? undefined : -1), {})),
      ).toEqual([expect.stringContaining('nothing proves')])
    }
  })

  it('refuses to adopt without --dry-run, and modes that destroy data', () => {
    expect(mistakes(() => adoptConfig(appliance(), {}))).toEqual([
      expect.stringContaining('--cluster-id=<the old owner>'),
    ])
    expect(mistakes(() => adoptConfig([...appliance(), '--dry-run', '--access-mode=ReadWriteMany'], {}))).toEqual([
      expect.stringContaining('--volume-mode=Block'),
    ])
    expect(adoptConfig([...appliance(), '--dry-run'], {})).toMatchObject({
      output: 'table',
      'volume-mode': 'Filesystem',
    })
  })

  it('asks for a data address where manifests need one', () => {
    const named = [
      ...appliance().filter(flag => !flag.startsWith('--rds-address')),
      '--rds-address=rds.example',
      '--dry-run',
    ]
    expect(mistakes(() => adoptConfig([...named, '--output=manifests'], {}))).toEqual([
      expect.stringContaining('--nvme-address=IP is missing'),
    ])
    expect(adoptConfig(named, {})['nvme-address']).toBeUndefined()
  })
})

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
      'snapshot-mode': 'auto',
      'pool-reserve': { percent: 5 },
      fencing: 'export',
      'nvme-host-lists': false,
      'nvme-port-range': { first: 4500, last: 4999 },
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it.each([
    ['0%', { percent: 0 }],
    ['50%', { percent: 50 }],
    ['200GiB', { bytes: 200 * 1024 ** 3 }],
    ['1TiB', { bytes: 1024 ** 4 }],
    ['4096', { bytes: 4096 }],
  ])('keeps %s of the pool back', (text, reserve) => {
    expect(controllerConfig([...good, `--pool-reserve=${text}`], {})['pool-reserve']).toEqual(reserve)
  })

  it('fences by a firewall only where that sees every packet', () => {
    const walled = '--fencing=firewall'
    expect(controllerMistakes(walled)).toEqual([])
    expect(controllerMistakes('--nvme-port=4600')).toEqual([])
    expect(controllerMistakes(walled, '--nvme-port=4600')).toEqual([expect.stringContaining('holds --nvme-port 4600')])
    expect(controllerMistakes(walled, '--nvme-address=2001:db8::1')).toEqual([expect.stringContaining('IPv4')])
    expect(controllerMistakes('--nvme-host-lists=true')).toEqual([expect.stringContaining('--fencing=narrow')])
    expect(controllerMistakes('--fencing=narrow', '--nvme-host-lists=true')).toEqual([])
  })

  it.each(['4500', '4500-4500', '4999-4500', '4500-70000', '0-4', 'a-b', '1-2-3'])('has no ports %s', text => {
    expect(controllerMistakes(`--nvme-port-range=${text}`)).toEqual([
      expect.stringMatching(/^--nvme-port-range=.* must be (two ports|a port)/),
    ])
  })

  it('is read from the environment too, and a flag wins', () => {
    const env = { RDS_CSI_NVME_PORT: '4421', RDS_CSI_RDS_USER: 'csi', RDS_CSI_LOG_LEVEL: '' }
    const config = controllerConfig([...good, '--nvme-port=4422'], env)
    expect(config).toMatchObject({ 'nvme-port': 4422, 'rds-user': 'csi', 'log-level': 'info' })
    expect(mistakes(() => controllerConfig(good, { RDS_CSI_NVME_PORT: 'x' }))).toEqual([
      'RDS_CSI_NVME_PORT=x must be a port from 1 to 65535',
    ])
  })

  it('tells once of a file that cannot be read', () => {
    const gone = good.map(flag => flag.replace(/^(--rds-password-file)=.*/, '$1=/nowhere'))
    expect(mistakes(() => controllerConfig(gone, {}))).toEqual(['--rds-password-file=/nowhere cannot be read (ENOENT)'])
  })

  it('tells all mistakes at once, each with what to do', () => {
    expect(mistakes(() => controllerConfig(['--endpoint=csi.sock', '--typo=1', 'stray'], {}))).toEqual([
      '--typo is unknown here; --help lists what is known',
      '"stray" is no flag; flags are --name=value',
      '--endpoint=csi.sock must be unix:///absolute/path',
      '--rds-address=HOST is missing: management address of the appliance',
      '--rds-volume-base-path=/POOL/FOLDER is missing: folder of the backing files; nothing else is touched',
      '--rds-password-file=FILE is missing: file with the password; read again at each login',
      expect.stringContaining('--rds-ca-file or --rds-fingerprint is missing'),
      expect.stringContaining('--kubeconfig=FILE is missing'),
      expect.stringContaining('--leader-election-namespace=NAME is missing'),
    ])
  })

  it.each([
    ['--snapshot-mode=always', 'must be one of auto, copy, off'],
    ['--pool-reserve=51%', 'must be 0% to 50%, or a size such as 200GiB'],
    ['--pool-reserve=5.5%', 'must be 0% to 50%'],
    ['--pool-reserve=10GB', 'must be 0% to 50%'],
    ['--pool-reserve=', 'must be 0% to 50%'],
    ['--rds-volume-base-path=/pool', 'must be /pool/folder'],
    ['--rds-volume-base-path=/pool/../etc', 'may have only names'],
    ['--rds-volume-base-path=/pool/a;b', 'may have only names'],
    ['--rds-fingerprint=AB:CD', '64 hex digits'],
    ['--attachment-grace-period=30', 'must be a duration such as'],
    ['--attachment-grace-period=0s', 'must be longer than nothing'],
    ['--leader-election-lease-duration=5s', 'must be 6s or longer'],
    ['--leader-election=perhaps', 'must be one of true, false'],
    ['--rds-transport=telnet', 'must be one of api, api-plain, rest, ssh'],
    ['--rds-transport-fallback=rest,telnet', 'must be some of api, api-plain, rest, ssh'],
    ['--rds-transport-fallback=rest:0', 'must be a port from 1 to 65535'],
    ['--rds-transport-fallback=rest:1:2', 'must be some of'],
    ['--rds-transport-fallback=rest,rest:8443', 'names a transport twice'],
    ['--rds-host-key=AB:CD', 'must be SHA256:… or a line'],
    ['--rds-host-key=ecdsa-sha2-nistp256 AAAA', '(ed25519 or RSA)'],
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

  it('needs what the transport needs, to prove the appliance and to log in', () => {
    const bare = good.filter(flag => !/^--rds-(password|ca)-file/.test(flag))
    const password = `--rds-password-file=${join(folder, 'password')}`
    const key = `--rds-key-file=${join(folder, 'password')}`
    const hostKey = `--rds-host-key=SHA256:${'A'.repeat(43)}`
    const told = (...flags: string[]): readonly string[] =>
      mistakes(() => controllerConfig([...bare, ...flags], {})).map(line => line.replace(/ .*/, ''))
    expect(told('--rds-transport=rest')).toEqual(['--rds-password-file=FILE', '--rds-ca-file'])
    expect(told('--rds-transport=ssh')).toEqual(['--rds-key-file=FILE', '--rds-host-key'])
    expect(told('--rds-transport=ssh', key)).toEqual(['--rds-host-key'])
    expect(told('--rds-transport=ssh', key, hostKey)).toEqual([])
    expect(told('--rds-transport=ssh', password, '--rds-insecure-skip-verify=true')).toEqual([])
    expect(told('--rds-transport=ssh', key, hostKey, '--rds-transport-fallback=rest')).toEqual([
      '--rds-password-file=FILE',
      '--rds-ca-file',
    ])
    expect(controllerMistakes('--rds-transport-fallback=ssh')).toEqual([
      expect.stringContaining('--rds-host-key is missing'),
    ])
    expect(controllerMistakes('--rds-transport-fallback=api')).toEqual([expect.stringContaining('names api again')])
  })

  it('reads the transports that may stand in, in their order, none by default', () => {
    const flags = [...good, `--rds-host-key=ssh-ed25519 ${'A'.repeat(68)} appliance`]
    const fallback = (value: string): unknown =>
      controllerConfig([...flags, `--rds-transport-fallback=${value}`], {})['rds-transport-fallback']
    expect(fallback('rest, ssh:2222')).toEqual([{ transport: 'rest' }, { transport: 'ssh', port: 2222 }])
    expect(fallback('')).toEqual([])
    expect(controllerConfig(good, {})['rds-transport-fallback']).toBeUndefined()
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
