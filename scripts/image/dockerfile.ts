/** One instruction of a Dockerfile, its continued lines joined. */
export interface Instruction {
  /** In capitals, such as `COPY`. */
  readonly name: string
  readonly value: string
  /** The comment lines right above it. */
  readonly comment: string
}

export interface Stage {
  readonly name: string
  /** The image or the stage that it begins with. */
  readonly base: string
  readonly instructions: readonly Instruction[]
}

interface Collected {
  readonly instructions: readonly Instruction[]
  readonly comment: string
}

function collect({ instructions, comment }: Collected, line: string): Collected {
  const text = line.trim()
  if (text === '') return { instructions, comment: '' }
  if (text.startsWith('#')) return { instructions, comment: `${comment} ${text.replace(/^#\s*/, '')}`.trim() }
  const match = /^([A-Za-z]+)\s+(.*)$/s.exec(text)
  if (match === null) throw new Error(`no instruction of a Dockerfile: ${text}`)
  const [, name = '', value = ''] = match
  return { instructions: [...instructions, { name: name.toUpperCase(), value, comment }], comment: '' }
}

function stageFrom({ value }: Instruction, index: number): Stage {
  const [base = '', , name = String(index)] = value.split(/\s+/)
  return { name, base, instructions: [] }
}

/** The stages of a Dockerfile in order. Throws where a line is no instruction or stands before the first FROM. */
export function parseDockerfile(text: string): readonly Stage[] {
  const lines = text.replaceAll(/\\\n/g, ' ').split('\n')
  const { instructions } = lines.reduce(collect, { instructions: [], comment: '' } as Collected)
  const stages: Stage[] = []
  for (const instruction of instructions) {
    const last = stages.at(-1)
    if (instruction.name === 'FROM') stages.push(stageFrom(instruction, stages.length))
    else if (last === undefined) throw new Error(`${instruction.name} before the first FROM`)
    else stages[stages.length - 1] = { ...last, instructions: [...last.instructions, instruction] }
  }
  return stages
}

/** Options, sources and destination of a COPY. */
export function copied({ value }: Instruction) {
  const words = value.split(/\s+/)
  const paths = words.filter(word => !word.startsWith('--'))
  return {
    from: words.find(word => word.startsWith('--from='))?.slice('--from='.length),
    sources: paths.slice(0, -1),
    destination: paths.at(-1) ?? '',
  }
}
