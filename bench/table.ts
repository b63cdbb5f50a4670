/** Benchmark rows as a table for people and as JSON for programs. */
import { isMet, ratioOf } from './bench.ts'
import type { Row, Target } from './bench.ts'

const HEADINGS = ['name', 'figure', 'unit', 'floor / peer', 'ratio', 'target', 'met', 'note'] as const
/** Figures stand right-aligned. */
const RIGHT: ReadonlySet<string> = new Set(['figure', 'ratio'])

/** Three significant digits, whole numbers from a thousand on. */
export function figureText(figure: number): string {
  if (!Number.isFinite(figure)) return '–'
  return Math.abs(figure) >= 1000 ? Math.round(figure).toLocaleString('en') : String(Number(figure.toPrecision(3)))
}

function targetText(target: Target | null): string {
  if (target === null) return ''
  return `${target.of === 'ratio' ? 'ratio ' : ''}${target.bound === 'at_most' ? '≤' : '≥'} ${figureText(target.value)}`
}

function cells(row: Row): Record<(typeof HEADINGS)[number], string> {
  const ratio = ratioOf(row), met = isMet(row)
  return {
    name: row.name,
    figure: figureText(row.figure),
    unit: row.unit,
    'floor / peer': row.peer === null ? '' : `${row.peer.name}: ${figureText(row.peer.figure)}`,
    ratio: ratio === null ? '' : figureText(ratio),
    target: targetText(row.target),
    met: met === null ? '' : met ? 'yes' : 'NO',
    note: row.note ?? '',
  }
}

export function tableText(rows: readonly Row[]): string {
  const body = rows.map(cells)
  const widths = HEADINGS.map((heading) => Math.max(heading.length, ...body.map((row) => row[heading].length)))
  const line = (texts: readonly string[]): string =>
    texts.map((text, i) => (RIGHT.has(HEADINGS[i] ?? '') ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0))).join('  ').trimEnd()
  return [line(HEADINGS), line(widths.map((width) => '─'.repeat(width))), ...body.map((row) => line(HEADINGS.map((heading) => row[heading])))].join('\n')
}

/** One object a row, with ratio and verdict worked out. */
export function jsonRows(rows: readonly Row[]): (Row & { ratio: number | null; met: boolean | null })[] {
  return rows.map((row) => ({ ...row, ratio: ratioOf(row), met: isMet(row) }))
}
