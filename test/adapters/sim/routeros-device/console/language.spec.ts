import { describe, expect, it } from 'vitest'
import { linesOf, refusalOf, runScript } from './script.ts'

describe('the language of the console', () => {
  it.each([
    [':put "a\\"b"', 'a"b'],
    [':put "a\\\\b"', 'a\\b'],
    [':put "a\\$b"', 'a$b'],
    [':put "a\\?b?"', 'a?b?'],
    [':put "a\\_b"', 'a b'],
    [':put "a\\tb"', 'a\tb'],
    [':put "\\41\\0A\\C3\\A9"', 'A\n\u00C3\u00A9'],
    [':put "[/shelf/print]; {x}"', '[/shelf/print]; {x}'],
  ])('reads the string in %s', async (source, text) => {
    expect(await linesOf(source)).toEqual([text])
  })

  it.each([
    [':local x 5; :put "$x and $[:len "abc"] and $($x + 1)"', '5 and 3 and 6'],
    [':local "my-x" 7; :put "$"my-x""', '7'],
    [':put $never', ''],
    [':local x 1; { :local x 2 }; :put $x', '1'],
    [':local x 1; { :set x 2 }; :put $x', '2'],
    ['{ :global x 3 }; :put $x', '3'],
  ])('puts variables into %s', async (source, text) => {
    expect(await linesOf(source)).toEqual([text])
  })

  it.each([
    ['(1 + 2 * 3)', '7'],
    ['((1 + 2) * 3)', '9'],
    ['(7 / 2)', '3'],
    ['(7 % 2)', '1'],
    ['(3 - -2)', '5'],
    ['("a" . "b" . 1)', 'ab1'],
    ['(1 < 2 && 3 > 2)', 'true'],
    ['(1 > 2 || !(1 = 1))', 'false'],
    ['(not (1 = 2) and true)', 'true'],
    ['(2 >= 2 and 2 <= 2 and 1 != 2)', 'true'],
    ['("storage-pool" ~ "^sto.*l\\$")', 'true'],
    ['(2 in {1;2;3})', 'true'],
    ['({a=1;b=2}->"b")', '2'],
    ['({7;8}->1)', '8'],
    ['(1,2,3)', '1;2;3'],
    ['[:pick "abcdef" 1 3]', 'bc'],
    ['[:pick {5;6;7} 1]', '6'],
    ['[:find "abcabc" "c" 2]', '5'],
    ['[:len {1;2;3}]', '3'],
    ['[:typeof [:tonum "12"]]', 'num'],
    ['[:typeof [:tonum "x"]]', 'nothing'],
    ['[:typeof *2B]', 'id'],
    ['[:typeof yes]', 'bool'],
    ['[:tobool "no"]', 'false'],
    ['[:tostr 007]', '7'],
    ['[:toarray "a,b"]', 'a;b'],
  ])('evaluates %s', async (expression, text) => {
    expect(await linesOf(`:put ${expression}`)).toEqual([text])
  })

  it('decides, counts and walks through arrays', async () => {
    expect(await linesOf(':if (1 = 1) do={ :put yes } else={ :put no }')).toEqual(['true'])
    expect(await linesOf(':if (1 = 2) do={ :put "a" } else={ :put "b" }')).toEqual(['b'])
    expect(await linesOf(':for i from=1 to=3 do={ :put $i }')).toEqual(['1', '2', '3'])
    expect(await linesOf(':for i from=3 to=1 step=-1 do={ :put $i }')).toEqual(['3', '2', '1'])
    expect(await linesOf(':foreach i in={"a";"b"} do={ :put $i }')).toEqual(['a', 'b'])
    expect(await linesOf(':foreach k,v in={a=1;b=2} do={ :put "$k-$v" }')).toEqual(['a-1', 'b-2'])
    expect(await linesOf(':local i 0; :while ($i < 3) do={ :set i ($i + 1) }; :put $i')).toEqual(['3'])
  })

  it.each(['10ms', '0', '0s10ms', '00:00:00'])('waits for %s', async time => {
    expect(await linesOf(`:delay ${time}; :put "on"`)).toEqual(['on'])
  })

  it.each(['soon', '9999w'])('does not wait for %s', async time => {
    expect(await refusalOf(`:delay ${time}`)).toBe('invalid value for argument delay-time')
  })

  it('breaks a wait off', async () => {
    const stop = new AbortController()
    const waiting = runScript('/shelf add; :delay 1h', () => (setImmediate(() => stop.abort()), null), stop.signal)
    await expect(waiting).rejects.toThrow('aborted')
  })

  it('catches errors and tells their texts', async () => {
    expect(await linesOf(':do { :error "x" } on-error={ :put "caught" }; :put "on"')).toEqual(['caught', 'on'])
    expect(await linesOf(':onerror e in={ :error "why" } do={ :put "because $e" }')).toEqual(['because why'])
    expect(await linesOf(':put [:onerror e in={ :nothing } do={ :put "never" }]')).toEqual(['false'])
  })

  it('ends at the first error, with what came before', async () => {
    expect(await runScript(':put "a"; :error "stop"; :put "b"')).toMatchObject({ lines: ['a'], error: 'stop' })
  })

  it('carries nothing out of a line that it can not read to its end', async () => {
    expect(await runScript('/shelf add name=a; /shelf nonsense')).toMatchObject({
      commands: [],
      error: 'bad command name nonsense (line 1 column 27)',
    })
  })

  it('stops a loop when its signal ends', async () => {
    const stop = new AbortController()
    const running = runScript(
      ':while (true) do={ /shelf add }',
      () => (stop.abort(new Error('enough')), null),
      stop.signal,
    )
    await expect(running).rejects.toThrow('enough')
  })

  it.each([
    ['/nowhere print', 'bad command name nowhere (line 1 column 2)'],
    ['/shelf/add name=a nonsense', 'expected end of command (line 1 column 19)'],
    ['/shelf/add colour=red', 'bad parameter colour (line 1 column 12)'],
    ['/shelf/add name="a" "b"', 'expected end of command (line 1 column 21)'],
    ['/shelf/add name="a"b', 'expected end of command (line 1 column 20)'],
    ['/shelf/add name="a', 'syntax error (line 1 column 19)'],
    ['/shelf/add name="a\nb"', 'syntax error (line 1 column 17)'],
    ['/shelf/add name="\\z"', 'syntax error (line 1 column 18)'],
    [':put [/shelf/print', 'syntax error (line 1 column 19)'],
    [':do {\n:put 1 }', 'syntax error (line 1 column 6)'],
    [':unheard 1', 'bad command name unheard (line 1 column 2)'],
    ['/shelf add ]', 'syntax error (line 1 column 12)'],
    [')', 'syntax error (line 1 column 1)'],
    [':put 1\n/shelf nope', 'bad command name nope (line 2 column 8)'],
  ])('says where %j is wrong', async (source, error) => {
    expect(await refusalOf(source)).toBe(error)
  })

  it('calls an argument that it does not know a syntax error in older releases', async () => {
    const { readScript } = await import(
      '../../../../../src/adapters/sim/routeros-device/console/language/read-script.ts'
    )
    const { SHELF } = await import('./script.ts')
    const older = { ...SHELF, tellsBadParameter: false }
    expect(() => readScript('/shelf/add colour=red', older)).toThrow('syntax error (line 1 column 12)')
  })

  it.each([
    '/shelf/lid/print',
    '/shelf lid print',
    '/shelf/lid print',
    '/shelf; lid print',
    '/shelf/lid; print',
    '/shel li pr',
    '/shelf; lid; print; ..; /shelf/lid/print',
  ])('finds the command of %s', async source => {
    const { commands } = await runScript(source)
    expect(commands.at(-1)).toMatchObject({ menu: '/shelf/lid', command: 'print' })
  })

  it('leaves brackets in the menu in which it met them', async () => {
    const { commands } = await runScript('/shelf; :put [lid; print]; add')
    expect(commands.map(({ menu, command }) => `${menu}/${command}`)).toEqual(['/shelf/lid/print', '/shelf/add'])
  })
})

describe('the arguments of a command', () => {
  it('come with their names, without, and as words of their own', async () => {
    const { commands } = await runScript(
      '/shelf/set box size=7 name="a b"; /shelf/print detail as-value proplist=name,size',
    )
    expect(Object.fromEntries(commands[0]!.args)).toEqual({ numbers: 'box', size: '7', name: 'a b' })
    expect([...commands[1]!.options]).toEqual(['detail', 'as-value'])
    expect(Object.fromEntries(commands[1]!.args)).toEqual({ proplist: 'name,size' })
  })

  it('keep what stands without quotes as it stands', async () => {
    const { commands } = await runScript('/shelf/add name=nqn.2000-02.com:x/y size=007; /shelf/add name= size=1G')
    expect(commands.map(({ args }) => Array.from(args.values()))).toEqual([
      ['nqn.2000-02.com:x/y', '007'],
      ['', '1G'],
    ])
  })

  it('take the value of commands in brackets, which are looked up in the menu of the command', async () => {
    const { commands } = await runScript('/shelf/set [find where name="a"] name=[:put 1]', ({ command }) =>
      command === 'find' ? { kind: 'list', items: [{ kind: 'id', text: '*1' }] } : null,
    )
    expect(commands.map(({ command, place }) => [command, place])).toEqual([
      ['find', 'value'],
      ['set', 'line'],
    ])
    expect(commands[1]!.args.get('numbers')).toEqual({ kind: 'list', items: [{ kind: 'id', text: '*1' }] })
  })
})
