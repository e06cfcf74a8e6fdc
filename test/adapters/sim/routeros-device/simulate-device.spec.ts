import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { runSimulateDevice } from '../../../../src/adapters/sim/routeros-device/simulate-device.ts'
import { ApiTalker } from './api-talker.ts'

/** The program while it runs, or after it ended. */
class Program {
  stdout = ''
  stderr = ''
  readonly #stop = new AbortController()
  readonly exitCode: Promise<number>

  constructor(...argv: string[]) {
    const stdout = { write: (text: string) => (this.stdout += text) }
    const stderr = { write: (text: string) => (this.stderr += text) }
    this.exitCode = runSimulateDevice(argv, { stdout, stderr }, this.#stop.signal)
    onTestFinished(async () => void (await this.stop()))
  }

  async stop(): Promise<number> {
    this.#stop.abort()
    return this.exitCode
  }

  async ready(): Promise<Record<string, string>> {
    await expect.poll(() => this.stdout, { timeout: 10_000 }).toContain('\n')
    return JSON.parse(this.stdout) as Record<string, string>
  }
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'simulate-device-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('simulate-device', () => {
  it('prints one line with its addresses, serves, and ends with 0', async () => {
    const passwordFile = join(folder(), 'password')
    writeFileSync(passwordFile, 'secret\n')
    const program = new Program(
      '--api=127.0.0.1:0',
      '--api-tls=127.0.0.1:0',
      '--blocks=127.0.0.1:0',
      '--user=csi',
      `--password-file=${passwordFile}`,
      '--size=64G',
      '--directory=/storage-pool/one',
      '--directory=storage-pool/two/deep/',
    )
    const ready = await program.ready()
    expect(Object.keys(ready)).toEqual(['api', 'apiTls', 'blocks', 'fingerprint'])
    const port = Number(ready['api']?.split(':')[1])
    const talker = new ApiTalker(connect({ host: '127.0.0.1', port }))
    expect(await talker.ask('/login', '=name=csi', '=password=secret')).toEqual([['!done']])
    const names = (await talker.ask('/file/print', '=.proplist=name', '?type=directory')).map(words => words[1])
    expect(names).toContain('=name=storage-pool/two/deep')
    const pool = await talker.ask('/disk/print', '=.proplist=size', '?slot=storage-pool')
    expect(pool[0]).toEqual(['!re', `=size=${64 * 1024 ** 3}`])
    expect(await program.stop()).toBe(0)
    expect(await talker.closed).toBe(true)
    expect(program.stdout.split('\n')).toHaveLength(2)
  })

  it('leaves its data directory, and none when it was not given one', async () => {
    const dataDir = folder()
    const program = new Program('--api=127.0.0.1:0', `--data-dir=${dataDir}`)
    await program.ready()
    await program.stop()
    expect(existsSync(join(dataDir, 'storage-pool'))).toBe(true)

    const tmp = folder()
    vi.stubEnv('TMPDIR', tmp)
    onTestFinished(() => void vi.unstubAllEnvs())
    const other = new Program('--api=127.0.0.1:0')
    await other.ready()
    expect(readdirSync(tmp)).toHaveLength(1)
    await other.stop()
    expect(readdirSync(tmp)).toEqual([])
  })

  it('lists every mistake at once and ends with 2', async () => {
    const argv = [
      '--rest=127.0.0.1',
      '--ssh=x',
      '--pool-fs=zfs',
      '--policies=read,fly',
      '--max-sessions=0',
      '--export-ports=10-1',
      '--blocks=nowhere',
      '--size=big',
      '--latency=100',
      '--colour=red',
      'x',
    ]
    const program = new Program(...argv, '--password-file=/nowhere/at/all', '--tls-key-file=/nowhere', '--user')
    expect(await program.exitCode).toBe(2)
    expect(program.stdout).toBe('')
    const flags = program.stderr.split('\n').map(line => line.split(':')[0])
    const wrong = 'rest ssh blocks size latency colour password-file user pool-fs policies max-sessions export-ports'
    for (const name of wrong.split(' ')) {
      expect(flags).toContain(`--${name}`)
    }
    expect(flags).toContain('x')
    expect(program.stderr).toContain('belongs together with')
  })

  it('needs a service for commands', async () => {
    const program = new Program('--blocks=127.0.0.1:0')
    expect(await program.exitCode).toBe(2)
    expect(program.stderr).toContain('--api')
  })

  it('serves the API, REST and SSH at once, with the rights that are asked for', async () => {
    const services = ['api', 'api-tls', 'rest', 'rest-plain', 'ssh'].map(name => `--${name}=127.0.0.1:0`)
    const program = new Program(...services, '--policies=api,read', '--latency=captured', '--pool-fs=xfs')
    const ready = await program.ready()
    const told = ['api', 'apiTls', 'rest', 'restPlain', 'ssh', 'fingerprint', 'hostKey', 'sshHostKey']
    expect(Object.keys(ready)).toEqual(told)
    expect(ready['hostKey']).toMatch(/^SHA256:[\w+/]{43}$/)
    const talker = new ApiTalker(connect({ host: '127.0.0.1', port: Number(ready['api']?.split(':')[1]) }))
    await talker.ask('/login', '=name=admin', '=password=')
    expect(await talker.ask('/disk/print', '=.proplist=fs')).toEqual([['!re', '=fs=xfs'], ['!done']])
    expect(await talker.ask('/disk/set', '=.id=x')).toContainEqual(['!trap', '=message=not enough permissions (9)'])
  })

  it('is the same device again on the same data directory', async () => {
    const dataDir = folder()
    const flags = ['--api=127.0.0.1:0', '--ssh=127.0.0.1:0', `--data-dir=${dataDir}`]
    const first = new Program(...flags)
    const { api, hostKey } = await first.ready()
    const talker = new ApiTalker(connect({ host: '127.0.0.1', port: Number(api?.split(':')[1]) }))
    await talker.ask('/login', '=name=admin', '=password=')
    const add = ['/disk/add', '=type=file', '=slot=a', '=file-path=storage-pool/a', '=file-size=1M', '=comment=kept']
    expect(await talker.ask(...add)).toEqual([['!done', '=ret=*21']])
    await first.stop()
    const second = new Program(...flags)
    const ready = await second.ready()
    expect(ready['hostKey']).toBe(hostKey)
    const again = new ApiTalker(connect({ host: '127.0.0.1', port: Number(ready['api']?.split(':')[1]) }))
    await again.ask('/login', '=name=admin', '=password=')
    expect((await again.ask('/disk/print', '=.proplist=.id,comment', '?slot=a'))[0]).toEqual([
      '!re',
      '=.id=*21',
      '=comment=kept',
    ])
  })

  it('ends with 1 when it can not listen', async () => {
    const first = new Program('--api=127.0.0.1:0')
    const { api } = await first.ready()
    const second = new Program(`--api=${api}`, '--blocks=127.0.0.1:0')
    expect(await second.exitCode).toBe(1)
    expect(second.stderr).toContain('EADDRINUSE')
  })

  it('explains itself', async () => {
    const program = new Program('--help')
    expect(await program.exitCode).toBe(0)
    for (const flag of ['--api=ADDR', '--blocks=ADDR', '--latency=DURATION', '--data-dir=DIR', '--directory=PATH']) {
      expect(program.stdout).toContain(flag)
    }
  })
})
