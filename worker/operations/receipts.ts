/** What a batch of units says was received, for the counts by source and day. */
import { DAY_MS } from '#core/calendar/days';
import type { CanonicalRecord } from '#core/commerce/record';
import type { SaleRow } from '#data/batch-rows';
import type { Receipt } from '#data/receipts';
import type { IngestUnit } from './ingest.ts';

/** Records of one delivery at most; an ordinal is the delivery's position and the record's place in it. */
const PLACES = 1024;

/** Where a unit stands in the queue it came from. */
export interface Place {
  /** Unique per tenant. */
  queue: string;
  /** Rises along the queue. */
  ordinal: number;
}

/** The place of record `place` of the delivery at `position`. */
export function placeIn(queue: string, position: number, place: number): Place {
  return { queue, ordinal: position * PLACES + place };
}

const FATES = { customer: 'updated', subscription: 'updated', payment_link: 'updated', event: 'inserted', merge: 'inserted', privacy: 'inserted' } as const;

/** @param sales of the batch that these units became: one row a key, the newest version of each */
export function receiptsOf(units: readonly IngestUnit[], sales: readonly SaleRow[]): Receipt[] {
  const standing = new Map(sales.map((row, index) => [keyOf(row), { row, index }]));
  const seen = new Set<string>();
  return units.flatMap((unit) => {
    const { door, source, receivedAt } = unit;
    const bare = {
      source, receivedAt, live: door === 'webhook' || door === 'api', late: false, sale: null, version: 'standing' as const, fate: 'ignored' as const,
      wasRejected: unit.wasRejected === true, queue: unit.place?.queue ?? null, ordinal: unit.place?.ordinal ?? 0,
    };
    if (unit.records.length === 0) return [bare];
    return unit.records.map((record, n): Receipt => {
      const receipt = { ...bare, wasRejected: bare.wasRejected && n === 0 };
      if (record.kind !== 'order' && record.kind !== 'refund') return { ...receipt, fate: FATES[record.kind] };
      const known = standing.get(keyOf(record));
      if (known === undefined) return { ...receipt, fate: 'updated' };
      const name = `${keyOf(record)} ${record.version.updatedAt} ${String(record.version.rank)}`;
      const isSame = seen.has(name);
      seen.add(name);
      const stands = record.version.updatedAt === known.row.versionAt && record.version.rank === known.row.versionRank;
      return { ...receipt, sale: known.index, version: isSame ? 'same' : stands ? 'standing' : 'overtaken', late: bare.live && isLate(record, receivedAt) };
    });
  });
}

function keyOf({ source, externalId }: Pick<SaleRow, 'source' | 'externalId'>): string {
  return `${source} ${externalId}`;
}

function isLate(record: Extract<CanonicalRecord, { occurredAt: string }>, receivedAt: string): boolean {
  return Date.parse(receivedAt) - Date.parse(record.occurredAt) > DAY_MS;
}
