/** Everything that is found by reading the code: types, lint, format, generated code, architecture. */
import { CHECKS } from './steps/checks.ts'
import { closingLine, runSteps, scriptStep } from './steps/step.ts'

const counts = runSteps([...CHECKS, scriptStep('architecture', 'architecture')])
console.log(closingLine(counts))
if (counts.failed > 0) process.exitCode = 1
