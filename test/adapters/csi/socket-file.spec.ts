import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bindSocketFile, socketPath } from '../../../src/adapters/csi/socket-file.ts'
import { scratchDirectory } from './rig.ts'

const permissions = (path: string): number => statSync(path).mode & 0o777

function listening(server: Server): (path: string) => Promise<void> {
  onTestFinished(() => void server.close())
  return path => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject).listen(path, resolve)
    return promise
  }
}

/** What a process leaves behind that was killed while it served. */
function leaveStaleSocket(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script])
  expect(statSync(path).isSocket()).toBe(true)
}

describe('the path of an endpoint', () => {
  it('is taken from every usual spelling', () => {
    const spellings = ['unix:///csi/csi.sock', 'unix:/csi/csi.sock', '/csi/csi.sock']
    expect(spellings.map(socketPath)).toEqual(['/csi/csi.sock', '/csi/csi.sock', '/csi/csi.sock'])
  })

  it.each([
    '',
    'csi.sock',
    'unix://csi/csi.sock',
    'unix:csi.sock',
    'tcp://127.0.0.1:1',
    'unix:///csi/',
    'unix:@abstract',
  ])('is refused for "%s"', endpoint => {
    expect(() => socketPath(endpoint)).toThrow(expect.objectContaining({ kind: 'invalid' }))
  })

  it('is refused where it does not fit into a socket address', () => {
    expect(() => socketPath(`/${'x'.repeat(200)}/csi.sock`)).toThrow(/too long/)
    expect(() => socketPath(`/${'ü'.repeat(50)}/csi.sock`)).toThrow(/too long/)
  })
})

describe('a socket file', () => {
  it('appears with its mode, and nothing else stays in the directory', async () => {
    const path = join(scratchDirectory(), 'csi.sock')
    await bindSocketFile(path, 0o660, listening(createServer()))
    expect(permissions(path)).toBe(0o660)
    expect(readdirSync(join(path, '..'))).toEqual(['csi.sock'])
  })

  it('is bound where nobody else may look, and is not in its place before it has its mode', async () => {
    const path = join(scratchDirectory(), 'csi.sock')
    const bind = listening(createServer())
    await bindSocketFile(path, 0o600, async name => {
      await bind(name)
      await chmod(name, 0o777)
      expect(permissions(join(name, '..'))).toBe(0o700)
      expect(existsSync(path)).toBe(false)
    })
    expect(permissions(path)).toBe(0o600)
  })

  it('takes the place of one that nobody serves any more', async () => {
    const path = join(scratchDirectory(), 'csi.sock')
    leaveStaleSocket(path)
    await bindSocketFile(path, 0o660, listening(createServer()))
    expect(permissions(path)).toBe(0o660)
  })

  it('does not take the place of one that another process serves', async () => {
    const path = join(scratchDirectory(), 'csi.sock')
    const other = createServer()
    await listening(other)(path)
    const inode = statSync(path).ino
    const refused = bindSocketFile(path, 0o660, listening(createServer()))
    await expect(refused).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringContaining('another process serves'),
    })
    expect(statSync(path).ino).toBe(inode)
    expect(readdirSync(join(path, '..'))).toEqual(['csi.sock'])
  })

  it('does not take the place of anything that is no socket', async () => {
    const directory = scratchDirectory()
    writeFileSync(join(directory, 'file'), 'precious')
    mkdirSync(join(directory, 'folder'))
    symlinkSync(join(directory, 'file'), join(directory, 'link'))
    for (const name of ['file', 'folder', 'link']) {
      const refused = bindSocketFile(join(directory, name), 0o660, listening(createServer()))
      await expect(refused).rejects.toMatchObject({
        kind: 'precondition',
        message: expect.stringContaining('no socket'),
      })
    }
    expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('precious')
    expect(readdirSync(directory).toSorted()).toEqual(['file', 'folder', 'link'])
  })

  it('needs its directory', async () => {
    const directory = scratchDirectory()
    writeFileSync(join(directory, 'file'), '')
    const missing = bindSocketFile(join(directory, 'none', 'csi.sock'), 0o660, listening(createServer()))
    await expect(missing).rejects.toThrow(/none does not exist/)
    const file = bindSocketFile(join(directory, 'file', 'csi.sock'), 0o660, listening(createServer()))
    await expect(file).rejects.toThrow()
  })

  it('leaves nothing behind where binding fails', async () => {
    const directory = scratchDirectory()
    const failed = bindSocketFile(join(directory, 'csi.sock'), 0o660, () => Promise.reject(new Error('no')))
    await expect(failed).rejects.toThrow('no')
    expect(readdirSync(directory)).toEqual([])
  })

  it('is removed at the end, twice without harm', async () => {
    const path = join(scratchDirectory(), 'csi.sock')
    const file = await bindSocketFile(path, 0o660, listening(createServer()))
    await file.remove()
    await file.remove()
    expect(existsSync(path)).toBe(false)
  })

  it('is left alone at the end where another process has replaced it', async () => {
    const path = join(scratchDirectory(), 'csi.sock')
    const server = createServer()
    const file = await bindSocketFile(path, 0o660, listening(server))
    server.close()
    await bindSocketFile(path, 0o660, listening(createServer()))
    await file.remove()
    expect(existsSync(path)).toBe(true)
  })
})
