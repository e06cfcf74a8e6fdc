import { programStep, scriptStep, type Step } from './step.ts'

/** What is found by reading the code, without running it. */
export const CHECKS: readonly Step[] = [
  scriptStep('types', 'types'),
  scriptStep('lint', 'lint'),
  scriptStep('format', 'format:check'),
  scriptStep('generated code', 'generate:check'),
  programStep('generated table of the device', 'scripts/generate-device-model.ts', ['--check']),
]
