/** The first rows of a chosen file as they will be taken, by the very code that takes them, and what to look at before. */
import { localTimeIn } from '#core/calendar/local-time';
import { interpreterOf } from '#core/commerce/csv/import-rows';
import type { FileSample } from '#core/commerce/csv/dialect';
import type { Mapping } from '#core/commerce/csv/mapping';
import type { FileRow } from '#core/commerce/csv/reader';
import type { FileRecord, RowRejection } from '#core/commerce/csv/row';
import { RowIdentity } from '#core/commerce/csv/row-identity';

/** Rows that are tried; reading more would make typing slow. */
const TRIED = 200;

export interface Understood {
  records: FileRecord[];
  rejections: RowRejection[];
  /** Rows that were tried. */
  rows: number;
  /** Currencies that are not the company's, with how many of the records are in each. */
  foreign: { currency: string; count: number }[];
  /** Records of nobody. */
  unattributed: number;
}

/** @param company the company's currency and time zone, and the present in milliseconds */
export function understand(sample: FileSample, mapping: Mapping, company: { currency: string; timeZone: string; now: number }): Understood {
  const interpreter = interpreterOf(mapping, { source: 'file', currency: company.currency, clock: localTimeIn(company.timeZone), now: company.now, identity: new RowIdentity() });
  const first = mapping.header && mapping.format !== 'jsonl' ? 2 : 1;
  const rows = sample.rows.slice(0, TRIED).map((cells, n): FileRow => ({ cells, end: n + 1, line: n + first, problem: null, json: sample.transactions?.[n] }));
  const groups = [...rows.flatMap((row) => interpreter.read(row)), ...(sample.rows.length > TRIED ? [] : interpreter.finish())];
  const records = groups.flatMap((group) => group.records);
  const counts = new Map<string, number>();
  for (const { record } of records) {
    const { currency } = record.amounts;
    if (currency !== company.currency) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  }
  return {
    records, rows: rows.length,
    rejections: groups.flatMap((group) => group.rejections),
    foreign: [...counts].map(([currency, count]) => ({ currency, count })).sort((a, b) => b.count - a.count),
    unattributed: records.filter(({ record }) => record.customer === null && !(record.kind === 'refund' && record.orderExternalId !== null)).length,
  };
}
