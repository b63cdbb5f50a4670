/** Correcting a column frees the one that held its meaning, and what is sent names positions from 1. */
import { describe, expect, it } from 'vitest';
import { sampleCsv } from '#core/commerce/csv/dialect';
import { guessMapping } from '#core/commerce/csv/mapping';
import { fieldOf, spelledOut, withField, withHeader } from './file-mapping.ts';

const sample = sampleCsv(new TextEncoder().encode('customer_id,date,amount,note\n7,2024-05-01,12.50,9.00\n8,2024-05-02,3.00,1.00\n'), true);

describe('a previewed file', () => {
  it('names every field by its position from 1 or as absent', () => {
    const { columns } = spelledOut(guessMapping(sample).mapping);
    expect(columns).toMatchObject({ customerId: 1, date: 2, amount: 3, email: null });
  });

  it('moves a meaning to another column', () => {
    const before = guessMapping(sample).mapping;
    const after = guessMapping(sample, withField(before, {}, 3, 'amount')).mapping;
    expect(fieldOf(after, 3)).toBe('amount');
    expect(fieldOf(after, 2)).toBeNull();
    expect(fieldOf(after, 1)).toBe('date');
  });

  it('frees a column that is not to be read', () => {
    const before = guessMapping(sample).mapping;
    const { mapping, questions } = guessMapping(sample, withField(before, {}, 2, null));
    expect(mapping.columns.amount).toBeUndefined();
    expect(questions.map(({ field }) => field)).toContain('amount');
  });

  it('takes headings as data and back without losing a row', () => {
    const asData = withHeader(sample, false);
    expect(asData.rows).toHaveLength(sample.rows.length + 1);
    expect(withHeader(asData, true)).toEqual(sample);
  });
});
