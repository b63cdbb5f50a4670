/** The numbers that customers are grouped by, read in pages into columns. */
import { featureOf } from '#core/discovery/features';
import type { DiscoveryFeature, FeatureMoment } from '#core/discovery/features';
import type { Feature } from '#core/clustering/prepare';
import { countFeatureRows, readFeaturePage } from '#data/discoveries';
import type { DiscoveryBase } from '#data/discoveries';
import type { TenantContext } from '#worker/ports';

/** Customers × features: three copies of them stand in the isolate's memory at once. */
export const MOST_NUMBERS = 2_000_000;
const PAGE = 10_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export interface FeatureTable {
  /** Of the customers, in the order of every column. */
  ids: string[];
  features: Feature[];
}

/** @param onPage told how many were read of how many, before each page and at the end */
export async function readFeatureTable(ctx: TenantContext, base: DiscoveryBase, names: readonly DiscoveryFeature[], moment: FeatureMoment, onPage: (read: number, expected: number) => Promise<void> = async () => undefined): Promise<FeatureTable> {
  const expected = await countFeatureRows(ctx.db, base);
  // Who buys for the first time while we read may be one more.
  const room = expected + PAGE;
  const columns = names.map(() => new Float64Array(room));
  const ids: string[] = [];
  for (let after = FIRST_ID; ids.length < room; ) {
    await onPage(ids.length, expected);
    const rows = await readFeaturePage(ctx.db, base, after, Math.min(PAGE, room - ids.length));
    for (const row of rows) {
      names.forEach((name, f) => {
        const column = columns[f];
        if (column) column[ids.length] = featureOf(name, row, moment);
      });
      ids.push(row.id);
    }
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) break;
    after = last.id;
  }
  await onPage(ids.length, ids.length);
  return { ids, features: names.map((name, f) => ({ name, values: columns[f]?.subarray(0, ids.length) ?? new Float64Array(0) })) };
}
