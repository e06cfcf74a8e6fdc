import type { Finding, Standing } from '../ports/backend-inspection.ts'
import type { ProbeResult } from '../ports/hardware-probes.ts'

const STANDING_WIDTH = 'warning'.length
const CHECK_WIDTH = 'file system'.length

/** One finding in one line, and what to do about it in a second one. */
export function findingLines({ check, standing, found, advice }: Finding): string {
  const line = `${standing.padEnd(STANDING_WIDTH)}  ${check.padEnd(CHECK_WIDTH)}  ${found}\n`
  const indent = ' '.repeat(STANDING_WIDTH + CHECK_WIDTH + 4)
  return advice === undefined ? line : `${line}${indent}do: ${advice}\n`
}

/** How many findings stand so, in words. */
export function summary(findings: readonly Finding[]): string {
  const count = (standing: Standing): number => findings.filter(finding => finding.standing === standing).length
  return `${count('ok')} ok, ${count('warning')} warnings, ${count('failure')} failures, ${count('skipped')} skipped\n`
}

/** The results as a Markdown table to be pasted below the tables of docs/hardware-unknowns.md. */
export function hardwareReport(results: readonly ProbeResult[], findings: readonly Finding[]): string {
  const version = findings.find(({ check }) => check === 'version')?.found ?? 'unknown release'
  const system = findings.find(({ check }) => check === 'file system')?.found ?? 'unknown file system'
  const settled = results.filter(({ seen }) => seen !== undefined)
  const left = results.filter(({ seen }) => seen === undefined)
  return [
    `## Seen on an appliance`,
    '',
    `${version}; ${system}.`,
    '',
    '| point | seen | note |',
    '| --- | --- | --- |',
    ...settled.map(({ point, seen = '', note }) => `| ${named(point)} | \`${cell(seen)}\` | ${cell(note)} |`),
    '',
    'Still open:',
    '',
    '| point | why |',
    '| --- | --- |',
    ...left.map(({ point, note }) => `| ${named(point)} | ${cell(note)} |`),
    '',
  ].join('\n')
}

/** The name of a switch is code; other points are words. */
const named = (point: string): string => (/^[a-zA-Z]+$/.test(point) ? `\`${point}\`` : cell(point))

/** A device's own words may hold anything. */
const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('`', "'")
