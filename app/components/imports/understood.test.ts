/** What the preview shows is what the import will do. */
import { describe, expect, it } from 'vitest';
import { sampleFile } from '#core/commerce/files/sample';
import { fileOfBlob } from '#core/commerce/files/stored-file';
import { guessMapping } from '#core/commerce/csv/mapping';
import { TEMPLATES } from '#core/commerce/files/templates';
import { understand } from './understood.ts';

const company = { currency: 'EUR', timeZone: 'Europe/Berlin', now: Date.parse('2026-11-22T00:00:00Z') };

async function preview(text: string) {
  const sample = await sampleFile(fileOfBlob(new Blob([text])));
  return understand(sample, guessMapping(sample).mapping, company);
}

describe('the preview', () => {
  it('tells sales, refusals, foreign currencies and sales of nobody', async () => {
    const { records, rejections, foreign, unattributed, rows } = await preview('order,customer,date,amount,currency\n1,a,2026-01-01,5.00,EUR\n1,a,2026-01-01,6.00,EUR\n2,,2026-01-02,7.00,USD\n3,b,never,7.00,USD\n');
    expect(records.map(({ record }) => [record.externalId, record.amounts.given])).toEqual([['1', 1100], ['2', 700]]);
    expect(rejections).toMatchObject([{ line: 5, code: 'bad_date' }]);
    expect([foreign, unattributed, rows]).toEqual([[{ currency: 'USD', count: 1 }], 1, 4]);
  });

  it.each(['csv', 'jsonl'] as const)('reads the %s template whole', async (kind) => {
    const { records, rejections, unattributed } = await preview(TEMPLATES[kind].text);
    expect(rejections).toEqual([]);
    expect(unattributed).toBe(0);
    expect(records.map(({ record }) => [record.kind, record.amounts.given, record.items.length])).toEqual([['order', 3690, 2], ['refund', 1290, kind === 'csv' ? 1 : 0]]);
  });
});
