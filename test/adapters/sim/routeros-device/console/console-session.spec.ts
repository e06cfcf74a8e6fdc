import { describe, expect, it } from 'vitest'
import { ConnectionLost } from '../../../../../src/adapters/sim/routeros-device/console/console-error.ts'
import { TestConsole } from './console.ts'

const GIB = 1024 ** 3

describe('a command that changes something', () => {
  it('says nothing when it worked', async () => {
    const box = new TestConsole()
    expect(await box.run('/disk/add type=file slot=a file-path=storage-pool/v/a.img file-size=1G')).toBe('')
    expect(await box.run('/disk set a comment="x y"')).toBe('')
    expect(await box.run('/disk remove a')).toBe('')
    expect(await box.run('/file remove storage-pool/v/a.img')).toBe('')
    expect(box.core.state.disks.list()).toEqual([])
  })

  it('answers the id of what it made to whoever asks for it', async () => {
    const box = new TestConsole()
    const made = await box.run(':put [/disk/add type=file slot=a file-path=storage-pool/v/a.img file-size=1G]')
    expect(made).toMatch(/^\*[0-9A-F]+\r\n$/)
    expect(await box.run(`:put [/disk/get ${made.trim()} slot]`)).toBe('a\r\n')
  })

  it('names items by slot, by id, by place and by what find finds', async () => {
    const box = new TestConsole()
    for (const slot of ['a', 'b', 'c', 'd', 'e']) await box.addDisk(slot)
    const [, id] = box.core.state.disks.list().map(({ id: number }) => `*${number.toString(16).toUpperCase()}`)
    await box.run('/disk/set a comment=1')
    await box.run(`/disk/set ${id} comment=2`)
    await box.run('/disk/set 3 comment=3')
    await box.run('/disk/set [find where slot="d"] comment=4')
    await box.run('/disk/set numbers="e" comment=5')
    const comments = box.core.state.disks.list().map(({ settings }) => settings.get('comment'))
    expect(comments).toEqual(['1', '2', '3', '4', '5'])
  })

  it('does several items of a list or of find', async () => {
    const box = new TestConsole()
    for (const slot of ['a', 'b', 'c']) await box.addDisk(slot)
    expect(await box.run('/disk/set a,b comment=x; /disk/remove [find comment="x"]')).toBe('')
    expect(await box.json('[/disk/print as-value proplist=slot where type=file]')).toMatchObject([{ slot: 'c' }])
  })

  it('is silent about nothing found, and refuses a name that is not there', async () => {
    const box = new TestConsole()
    expect(await box.run('/disk/remove [find where slot="none"]')).toBe('')
    expect(await box.run('/disk/set [find where slot="none"] comment=x')).toBe('')
    expect(await box.run('/disk/remove none')).toBe('no such item\r\n')
    expect(await box.run('/disk/set "none" comment=x')).toBe('no such item\r\n')
    expect(await box.run(':put [/disk/get none size]')).toBe('no such item\r\n')
    expect(await box.run(':put [/disk/get [find slot="none"] size]')).toBe('no such item\r\n')
  })

  it('needs its policy, also for nothing found', async () => {
    const box = new TestConsole()
    await box.addDisk('a')
    const reader = { user: { name: 'r', password: '', policies: ['ssh', 'read'] } as const }
    expect(await box.refusal('/disk/remove a', reader)).toBe('not enough permissions (9)')
    expect(await box.refusal('/disk/remove [find slot="none"]', reader)).toBe('not enough permissions (9)')
    const stranger = { user: { name: 's', password: '', policies: ['ssh'] } as const }
    expect(await box.refusal(':put [/disk/find]', stranger)).toBe('not enough permissions (9)')
    expect(await box.refusal('/disk/print', stranger)).toBe('not enough permissions (9)')
    expect(await box.refusal('/disk/set [find] comment=x', stranger)).toBe('not enough permissions (9)')
  })

  it.each([
    ['/disk/add type=file', 'missing value(s) of argument(s) file-path'],
    ['/disk/add type=nonsense slot=x', 'input does not match any value of type'],
    ['/disk/add type=file colour=red', 'bad parameter colour (line 1 column 21)'],
    ['/disk/get storage-pool nonsense', 'input does not match any value of value-name'],
    ['/disk/explode', 'bad command name explode (line 1 column 7)'],
    ['/disk/add type=file slot=a file-path=nowhere/a.img file-size=1G', 'failure: no such file or directory'],
  ])('is refused in %s with %s', async (line, error) => {
    expect(await new TestConsole().refusal(line)).toBe(error)
  })

  it('calls an argument that it does not know a syntax error before 7.22', async () => {
    const box = new TestConsole()
    box.core.state.system.version = '7.21.3'
    expect(await box.refusal('/disk/add colour=red')).toBe('syntax error (line 1 column 11)')
  })

  it('keeps every text exactly', async () => {
    const box = new TestConsole()
    const text = 'a"b\\c$d;[/disk remove x]{}\n?é€ \'end'
    const quoted = 'a\\"b\\\\c\\$d;[/disk remove x]{}\\n\\?é\\E2\\82\\AC \'end'
    await box.addDisk('a', `comment="${quoted}"`)
    expect(box.core.state.disks.list()[0]?.settings.get('comment')).toBe(text)
    expect(await box.json('[/disk/print as-value detail where slot="a"]')).toMatchObject([{ comment: text }])
    expect(await box.json(`[/disk/find where comment="${quoted}"]`)).toHaveLength(1)
    expect(await box.run(':put [/disk/get a comment]')).toBe(`${text}\r\n`)
  })
})

describe('a print', () => {
  it('as-value has all properties with detail, its columns without, and those asked for', async () => {
    const box = new TestConsole()
    await box.addDisk('a', 'comment="1234" nvme-tcp-export=yes')
    const [all] = (await box.json('[/disk/print detail as-value where slot="a"]')) as Record<string, unknown>[]
    expect(all).toMatchObject({
      '.id': expect.stringMatching(/^\*/),
      slot: 'a',
      comment: '1234',
      size: GIB,
      'file-size': GIB,
      'nvme-tcp-export': true,
      'nvme-tcp-server-port': 4420,
      mounted: false,
      'block-device': true,
      'file-path': '/storage-pool/v/a.img',
    })
    const [few] = (await box.json('[/disk/print as-value where slot="a"]')) as Record<string, unknown>[]
    expect(Object.keys(few ?? {})).toEqual(['.id', 'fs', 'model', 'size', 'slot'])
    const asked = await box.json('[/disk/print as-value proplist=slot,size where slot="a"]')
    expect(asked).toEqual([{ '.id': all?.['.id'], slot: 'a', size: GIB }])
  })

  it('as-value is an array also of one item and of none', async () => {
    const box = new TestConsole()
    expect(await box.json('[/disk/print detail as-value where slot="storage-pool"]')).toHaveLength(1)
    expect(await box.json('[/disk/print detail as-value where slot="none"]')).toEqual([])
    expect(await box.run('/disk/print detail as-value where slot="none"')).toBe('')
  })

  it('turns texts that look like numbers into floats where it is not told otherwise', async () => {
    const box = new TestConsole()
    await box.addDisk('a', 'comment="1234"')
    const line = ':put [:serialize to=json [/disk/print as-value proplist=comment,size where slot="a"]]'
    expect(await box.run(line)).toMatch(/"comment":1234\.000000,"size":1073741824/)
  })

  it('counts', async () => {
    const box = new TestConsole()
    for (const slot of ['a', 'b']) await box.addDisk(slot)
    expect(await box.run('/disk/print count-only where type=file')).toBe('2\r\n')
    expect(await box.run(':put [/disk/print count-only where type=file]')).toBe('2\r\n')
  })

  it('has the items that from names', async () => {
    const box = new TestConsole()
    for (const slot of ['a', 'b', 'c']) await box.addDisk(slot)
    const slots = async (from: string): Promise<unknown> =>
      ((await box.json(`[/disk/print as-value from=${from}]`)) as { slot: string }[]).map(({ slot }) => slot)
    expect(await slots('a,c')).toEqual(['a', 'c'])
    expect(await slots('[find where slot="b"]')).toEqual(['b'])
    expect(await slots('[find where slot="none"]')).toEqual([])
  })

  it.each(['follow', 'interval=1', 'file=x'])('has no form that is not modelled: %s', async word => {
    expect(await new TestConsole().refusal(`/disk/print ${word}`)).toMatch(/\(line 1 column 13\)$/)
  })

  it('shows ids for places when asked', async () => {
    const box = new TestConsole()
    await box.addDisk('a')
    const [legend, item] = (await box.run('/disk/print detail show-ids proplist=slot where slot="a"')).split('\r\n')
    expect(legend).toBe('Flags: B - BLOCK-DEVICE')
    expect(item).toMatch(/^\*[0-9A-F]+ B slot="a"$/)
  })

  it('writes a comment on a line of its own', async () => {
    const box = new TestConsole()
    await box.addDisk('a', 'comment="of mine"')
    expect(await box.run('/disk/print detail proplist=slot,fs where slot="a"')).toBe(
      'Flags: B - BLOCK-DEVICE\r\n1 B ;;; of mine\r\n    slot="a" fs=-\r\n',
    )
  })

  it('terse has one line for each item', async () => {
    const box = new TestConsole()
    await box.addDisk('a', 'comment=c')
    expect(await box.run('/disk/print terse proplist=slot,file-size where slot="a"')).toBe(
      '1 B comment=c slot="a" file-size=1024.0MiB\r\n',
    )
  })

  it('without detail is a table of the columns that any item has', async () => {
    const box = new TestConsole()
    await box.addDisk('a')
    expect(await box.run('/disk print proplist=slot,size,serial,model')).toBe(
      [
        'Flags: B - BLOCK-DEVICE; M - MOUNTED',
        'Columns: SLOT, SIZE, MODEL',
        '#    SLOT                     SIZE  MODEL                ',
        '0 BM storage-pool  107 374 182 400  RAID0 striped        ',
        '1 B  a               1 073 741 824  /storage-pool/v/a.img',
        '',
      ]
        .map(line => line.trimEnd())
        .join('\r\n'),
    )
  })

  it('has its counters with stats', async () => {
    const box = new TestConsole()
    await box.addDisk('a')
    const [stats] = (await box.json('[/disk/print detail stats as-value where slot="a"]')) as Record<string, unknown>[]
    expect(stats).toMatchObject({ slot: 'a', 'read-ops': 0, 'write-bytes': 0, 'flush-time': '0ms' })
    const [, columns, , item] = (await box.run('/disk/print stats where slot="a"')).split('\r\n')
    expect(columns).toMatch(/^Columns: SLOT, READ-OPS, /)
    expect(item).toMatch(/^1 B a +0 /)
  })

  it('of a menu with one set of values aligns them to the right', async () => {
    const box = new TestConsole()
    expect(await box.run('/system/identity/print')).toBe('  name: MikroTik\r\n')
    expect(await box.run(':put [/system/identity/get name]')).toBe('MikroTik\r\n')
    expect(await box.run(':put [/system/resource/get version]')).toBe('7.24.4 (stable)\r\n')
  })
})

describe('a line of the console', () => {
  it('changes an item that it finds by name, or says that there is none', async () => {
    const box = new TestConsole()
    await box.addDisk('a')
    const line = (slot: string): string =>
      `:local item [/disk/find slot="${slot}"]; :if ([:len $item] = 0) do={:error "no such item"}; /disk/set $item comment="c"`
    expect(await box.run(line('a'))).toBe('')
    expect(await box.run(line('b'))).toBe('no such item\r\n')
    expect(box.core.state.disks.list()[0]?.settings.get('comment')).toBe('c')
  })

  it('catches the refusals of the model', async () => {
    const box = new TestConsole()
    expect(await box.run(':onerror e in={ /disk/remove x } do={ :put "got $e" }')).toBe('got no such item\r\n')
    expect(await box.run(':do { /disk/remove x } on-error={ :put "gone" }')).toBe('gone\r\n')
  })

  it('monitors traffic as a value', async () => {
    const box = new TestConsole()
    await box.addDisk('a')
    const found = await box.json('[/disk/monitor-traffic [find slot="a"] once as-value]')
    expect(found).toMatchObject([{ slot: 'a', 'read-ops': 0, 'read-rate': 0, 'read-time': '0ms' }])
  })

  it('copies a disk with its progress', async () => {
    const box = new TestConsole()
    for (const slot of ['a', 'b']) await box.addDisk(slot)
    const output = await box.run('/disk/copy src="a" dst="b"')
    expect(output.split('\r\n').at(-2)).toMatch(/^ +status: .* \(100%\)$/)
  })

  it('is one command to the log and the clock, however much it looks up', async () => {
    const box = new TestConsole()
    await box.addDisk('a')
    box.core.log.clear()
    await box.run('/disk/set [find where slot="a"] comment="x"')
    await box.run(':local i [/disk/find slot="a"]; :put [/disk/get $i size]; /disk/set $i comment="y"')
    await box.run(':put [/disk/find slot="a"]')
    expect(box.core.log.entries.map(({ path }) => path)).toEqual(['/disk/set', '/disk/set', '/disk/print'])
  })

  it('keeps secrets out of the log', async () => {
    const box = new TestConsole()
    await box.addDisk('a', 'nvme-tcp-server-password="hidden one"')
    expect(JSON.stringify(box.core.log.entries)).not.toContain('hidden one')
  })

  it('meets the faults of the model', async () => {
    const box = new TestConsole()
    const { faults } = box.core.runner
    await box.addDisk('a')
    faults.arm({ kind: 'trap', message: 'failure: made up' }, { match: '/disk/set' })
    expect(await box.refusal('/disk/set a comment=1')).toBe('failure: made up')
    faults.arm({ kind: 'loseReply' }, { match: '/disk/set' })
    await expect(box.run(':do { /disk/set a comment=2 } on-error={ :put never }')).rejects.toThrow(ConnectionLost)
    expect(box.core.state.disks.list()[0]?.settings.get('comment')).toBe('2')
    faults.arm({ kind: 'dropBefore' }, { match: '/disk/set' })
    await expect(box.run('/disk/set a comment=3')).rejects.toThrow(ConnectionLost)
    expect(box.core.state.disks.list()[0]?.settings.get('comment')).toBe('2')
  })

  it('ends with its client where the device abandons such work', async () => {
    const box = new TestConsole()
    await box.addDisk('a')
    box.core.runner.faults.arm({ kind: 'hang' }, { match: '/disk/set' })
    const life = new AbortController()
    const running = box.run('/disk/set a comment=1', { life: life.signal })
    life.abort(new Error('client gone'))
    await expect(running).rejects.toThrow('client gone')
  })
})
