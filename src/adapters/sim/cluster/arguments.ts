import { parseArgs } from 'node:util'
import { parseListenAddress } from './listen-address.ts'
import { nameErrors } from './names.ts'

/** The arguments of the program, checked. */
export interface SimulateClusterArguments {
  readonly listen: string
  readonly kubeconfig: string
  readonly nodes: readonly string[]
}

/** What `--help` prints. */
export const USAGE = `rds-csi simulate-cluster: a Kubernetes API server for the objects that the driver uses

Usage: rds-csi simulate-cluster --write-kubeconfig=FILE [--listen=ADDR] [--nodes=a,b,c]

  --write-kubeconfig=FILE  writes a kubeconfig with certificate and token to FILE (mode 0600); required
  --listen=ADDR            HOST:PORT of the API, port 0 takes a free one (default 127.0.0.1:0)
  --nodes=a,b,c            names of the nodes that exist from the start, all Ready (default none)
  --help                   prints this

Each flag also by environment: RDS_CSI_WRITE_KUBECONFIG, RDS_CSI_LISTEN, RDS_CSI_NODES; the flag wins.
When it serves it prints one line of JSON: {"api":"https://HOST:PORT","kubeconfig":"FILE","nodes":["a"]}.
All state is in memory. It ends on SIGINT or SIGTERM.
`

const FLAGS = ['listen', 'write-kubeconfig', 'nodes'] as const
type Flag = (typeof FLAGS)[number]
type Environment = Readonly<Record<string, string | undefined>>

interface Tokens {
  readonly values: ReadonlyMap<string, string>
  readonly help: boolean
  readonly mistakes: readonly string[]
}

const isFlag = (name: string): name is Flag => FLAGS.some(flag => flag === name)

function readTokens(argv: readonly string[]): Tokens {
  const options = Object.fromEntries(FLAGS.map(flag => [flag, { type: 'string' as const }]))
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true, allowPositionals: true })
  const values = new Map<string, string>()
  const mistakes: string[] = []
  let help = false
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`unexpected argument "${token.value}": only flags are taken`)
    if (token.kind !== 'option') continue
    if (token.name === 'help' || token.name === 'h') help = true
    else if (!isFlag(token.name)) mistakes.push(`unknown flag ${token.rawName}: see --help`)
    else if (token.value === undefined) mistakes.push(`--${token.name} needs a value`)
    else values.set(token.name, token.value)
  }
  return { values, help, mistakes }
}

function listenMistakes(listen: string): readonly string[] {
  try {
    parseListenAddress(listen)
    return []
  } catch (error) {
    return [`--listen: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function nodeMistakes(nodes: readonly string[]): readonly string[] {
  const wrong = nodes.filter(name => nameErrors('subdomain', name, '').length > 0)
  const twice = nodes.filter((name, index) => nodes.indexOf(name) !== index)
  return [
    ...wrong.map(name => `--nodes: "${name}" is no node name: lower case letters, digits, "-" and "." only`),
    ...twice.map(name => `--nodes: "${name}" is named twice`),
  ]
}

/** Reads the command line and the environment: the arguments, `help`, or every mistake at once. */
export function readArguments(
  argv: readonly string[],
  env: Environment,
): SimulateClusterArguments | 'help' | { readonly mistakes: readonly string[] } {
  const { values, help, mistakes } = readTokens(argv)
  if (help) return 'help'
  const valueOf = (flag: Flag): string =>
    values.get(flag) ?? env[`RDS_CSI_${flag.replaceAll('-', '_').toUpperCase()}`] ?? ''
  const listen = valueOf('listen') || '127.0.0.1:0'
  const kubeconfig = valueOf('write-kubeconfig')
  const nodes = valueOf('nodes') === '' ? [] : valueOf('nodes').split(',')
  const missing = kubeconfig === '' ? ['--write-kubeconfig=FILE is required: clients find address and token there'] : []
  const all = [...mistakes, ...missing, ...listenMistakes(listen), ...nodeMistakes(nodes)]
  return all.length > 0 ? { mistakes: all } : { listen, kubeconfig, nodes }
}
