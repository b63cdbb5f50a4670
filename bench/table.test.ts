/** Benchmarks say yes only when their target is met, and print what they measured. */
import { describe, expect, test } from 'vitest'
import { isMet, ratioOf } from './bench.ts'
import type { Row } from './bench.ts'
import { figureText, jsonRows, tableText } from './table.ts'

const row = (over: Partial<Row>): Row => ({ name: 'ingest', figure: 1800, unit: 'transactions/s', peer: null, target: null, ...over })

describe('benchmark rows', () => {
  test('are met at the bound and missed past it, by figure or by ratio', () => {
    expect(isMet(row({}))).toBeNull()
    expect(isMet(row({ target: { of: 'figure', bound: 'at_least', value: 1800 } }))).toBe(true)
    expect(isMet(row({ target: { of: 'figure', bound: 'at_most', value: 1799 } }))).toBe(false)
    const half = row({ peer: { name: 'bare statement', figure: 3600 }, target: { of: 'ratio', bound: 'at_least', value: 0.4 } })
    expect(ratioOf(half)).toBe(0.5)
    expect(isMet(half)).toBe(true)
    expect(isMet({ ...half, target: { of: 'ratio', bound: 'at_least', value: 0.6 } })).toBe(false)
  })

  test('never pass on a figure that could not be measured', () => {
    expect(isMet(row({ figure: Number.NaN, target: { of: 'figure', bound: 'at_most', value: 1 } }))).toBe(false)
    expect(isMet(row({ target: { of: 'ratio', bound: 'at_least', value: 0 } }))).toBe(false)
  })

  test('print aligned, with a loud NO, and as JSON with the verdict', () => {
    const rows = [row({ target: { of: 'figure', bound: 'at_least', value: 2000 } }), row({ name: 'x', figure: 0.01234, unit: 's' })]
    const [head = '', , first = '', second = ''] = tableText(rows).split('\n')
    expect(first).toMatch(/NO$/)
    expect(first.indexOf('1,800') + '1,800'.length).toBe(head.indexOf('figure') + 'figure'.length)
    expect(second).toContain('0.0123')
    expect(jsonRows(rows)[0]).toMatchObject({ met: false, ratio: null, figure: 1800 })
    expect(figureText(12_345.6)).toBe('12,346')
  })
})
