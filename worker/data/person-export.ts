/** Everything that is held about one person, in parts that are read page by page. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { pgArray } from './sql-arrays.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

/** Rows of one page; a sale may have thousands of lines. */
const PAGE = 200;

/** Whose data: her customer and those who were merged into it, and texts that name nobody else. */
export interface Person {
  ids: readonly string[];
  /** Lower-cased. */
  texts: readonly string[];
}

type KeyType = 'uuid' | 'text' | 'date' | 'timestamptz' | 'bigint' | 'int';

export interface PersonPart {
  name: string;
  /** Tables whose rows about a person are in it. */
  tables: readonly string[];
  /** The table as `x`, with what is joined to it. */
  from: string;
  /** Which rows are hers; by `x.customer_id` where nothing is said. */
  hers?: (person: Person) => SQL;
  /** One row as JSON, in words of the API. Amounts are whole minor units. */
  value: string;
  /** Columns that order the rows and name each of them, with their types. */
  key: readonly (readonly [column: string, type: KeyType])[];
}

/** Fields of a JSON object: the name outside, the column of `x` inside. */
const fields = (of: Readonly<Record<string, string>>): string => `jsonb_build_object(${Object.entries(of).map(([name, column]) => `'${name}', ${column.includes('.') || column.includes('(') ? column : `x.${column}`}`).join(', ')})`;

const byId = ({ ids }: Person): SQL => sql`x.id = any(${pgArray('uuid', ids)})`;
const naming = (...columns: string[]) => ({ texts }: Person): SQL => {
  const tells = columns.map((column) => sql`position(t.text in lower(${sql.raw(`x.${column}`)})) > 0`);
  return sql`exists (select from unnest(${pgArray('text', texts)}) t(text) where ${sql.join(tells, sql` or `)})`;
};

const LINES = `(select coalesce(jsonb_agg(jsonb_build_object('productId', i.product_id, 'sku', i.sku, 'name', i.name, 'category', i.category, 'quantity', i.quantity, 'amount', i.amount) order by i.line), '[]')
  from transaction_items i where i.company_id = x.company_id and i.transaction_id = x.id)`;
const VERSIONS = `(select coalesce(jsonb_agg(jsonb_build_object('at', v.version_at, 'status', v.status, 'currency', v.currency, 'monthlyAmount', v.monthly_amount) order by v.version_at, v.version_rank), '[]')
  from subscription_changes v where v.company_id = x.company_id and v.source = x.source and v.external_id = x.external_id)`;

/**
 * In the order of the file. What could not be read (`unread`) is told by its place alone: such a text may speak of other
 * people too. The keyed hash of an address is ours and says nothing to her; the address itself is in the profile.
 */
export const PERSON_PARTS: readonly PersonPart[] = [
  {
    name: 'profiles', tables: ['customers'], from: 'customers x', hers: byId, key: [['id', 'uuid']],
    value: fields({
      id: 'id', source: 'source', externalId: 'external_id', email: 'email', name: 'name', country: 'country', acquisitionChannel: 'acquisition_channel', acquisitionCost: 'acquisition_cost',
      acquiredOn: 'acquired_on', attributes: 'attributes', mergedInto: 'merged_into', createdAt: 'created_at', changedAt: 'version_at',
    }),
  },
  { name: 'consents', tables: [], from: 'customers x', hers: byId, key: [['id', 'uuid']], value: fields({ customerId: 'id', channel: `text('email')`, state: 'consent_email', toldBy: 'source', changedAt: 'version_at' }) },
  {
    name: 'identities', tables: ['customer_identities'], from: 'customer_identities x', key: [['kind', 'text'], ['value', 'text']],
    value: `${fields({ kind: 'kind', customerId: 'customer_id' })} || case when x.kind = 'email' then '{}' else ${fields({ value: 'value' })} end`,
  },
  {
    name: 'sales', tables: ['transactions'], from: 'transactions x', key: [['transaction_date', 'timestamptz'], ['id', 'uuid']],
    value: fields({
      id: 'id', at: 'transaction_date', kind: 'kind', type: 'type', source: 'source', externalId: 'external_id', orderExternalId: 'order_external_id', label: 'label', status: 'status', channel: 'channel',
      counted: 'counted', currency: 'currency', given: 'given', goods: 'goods', discount: 'discount', tax: 'tax', shipping: 'shipping', tip: 'tip', amount: 'amount', refunded: 'refunded', items: LINES,
    }),
  },
  {
    name: 'closedDays', tables: ['closed_sales'], from: 'closed_sales x', key: [['day', 'date'], ['source', 'text'], ['customer_id', 'uuid']],
    value: fields({ day: 'day', source: 'source', orders: '(x.orders + x.zero_orders)', amount: 'gross', refunded: 'refunded' }),
  },
  {
    name: 'subscriptions', tables: ['subscriptions'], from: 'subscriptions x', key: [['source', 'text'], ['external_id', 'text']],
    value: fields({
      source: 'source', externalId: 'external_id', status: 'status', plan: 'plan', currency: 'currency', monthlyAmount: 'monthly_amount', startedAt: 'started_at',
      currentPeriodEnd: 'current_period_end', cancelAt: 'cancel_at', endedAt: 'ended_at', versions: VERSIONS,
    }),
  },
  {
    name: 'events', tables: ['events'], from: 'events x', key: [['occurred_at', 'timestamptz'], ['id', 'uuid']],
    value: fields({ at: 'occurred_at', type: 'type', source: 'source', anonymousId: 'anonymous_id', sessionId: 'session_id', properties: 'properties', receivedAt: 'received_at' }),
  },
  {
    name: 'scores', tables: ['customer_stats'], from: 'customer_stats x', key: [['customer_id', 'uuid']],
    value: fields({
      customerId: 'customer_id', asOf: 'scored_for', orders: 'orders', purchaseDays: 'purchase_days', firstDay: 'first_day', lastDay: 'last_day', amount: 'gross', refunded: 'refunded', historicalValue: 'historical_value',
      likelyToBuyAgain: 'p_alive', expectedOrders: 'expected_orders', expectedSpend: 'expected_spend', predictedValue: 'predicted_value', predictedLow: 'predicted_low', predictedHigh: 'predicted_high', predictedValueSaidBy: 'predicted_by',
      totalValue: 'total_value', nextOrderDay: 'next_order_day', recencyScore: 'recency_score', frequencyScore: 'frequency_score', monetaryScore: 'monetary_score', stage: 'stage', likelyToLeave: 'churn', likelyToLeaveSaidBy: 'churn_by',
    }),
  },
  {
    name: 'pastScores', tables: ['clv_calculations'], from: 'clv_calculations x', key: [['calculated_for', 'date'], ['customer_id', 'uuid']],
    value: fields({ day: 'calculated_for', historicalValue: 'historical_value', predictedValue: 'predicted_value', predictedLow: 'predicted_low', predictedHigh: 'predicted_high', totalValue: 'total_clv', likelyToBuyAgain: 'p_alive' }),
  },
  {
    name: 'days', tables: ['customer_day'], from: 'customer_day x', key: [['day', 'date'], ['customer_id', 'uuid']],
    value: fields({ day: 'day', orders: 'orders', amount: 'gross', refunded: 'refunded', net: 'order_net' }),
  },
  {
    name: 'months', tables: ['customer_month'], from: 'customer_month x', key: [['month', 'date'], ['customer_id', 'uuid']],
    value: fields({ month: 'month', orders: 'orders', amount: 'gross', net: 'order_net' }),
  },
  {
    name: 'segments', tables: ['segment_members'], key: [['segment_id', 'uuid'], ['customer_id', 'uuid']],
    from: 'segment_members x left join segments s on s.company_id = x.company_id and s.id = x.segment_id', value: fields({ segment: 's.name', since: 'since', score: 'score' }),
  },
  {
    name: 'segmentChanges', tables: ['segment_changes'], key: [['seq', 'bigint'], ['segment_id', 'uuid'], ['customer_id', 'uuid']],
    from: 'segment_changes x left join segments s on s.company_id = x.company_id and s.id = x.segment_id', value: fields({ segment: 's.name', change: 'change', at: 'at', cause: "cause - 'by'" }),
  },
  {
    name: 'stages', tables: ['segment_stays'], from: 'segment_stays x', key: [['from_day', 'date'], ['dimension', 'text'], ['customer_id', 'uuid']],
    value: fields({ dimension: 'dimension', segment: 'segment', from: 'from_day', until: 'until_day' }),
  },
  { name: 'lists', tables: ['list_entries'], from: 'list_entries x', key: [['list_id', 'uuid'], ['customer_id', 'uuid']], value: fields({ listId: 'list_id', since: 'added_at' }) },
  {
    name: 'experiments', tables: ['action_holdout_people'], from: 'action_holdout_people x', key: [['holdout_id', 'uuid'], ['customer_id', 'uuid']],
    value: fields({ holdoutId: 'holdout_id', action: 'action', heldOut: 'held_out' }),
  },
  {
    name: 'groupsFound', tables: ['discovery_clusters'], from: 'discovery_clusters x', key: [['discovery_id', 'uuid'], ['label', 'int']],
    hers: ({ ids }) => sql`x.customer_ids && ${pgArray('uuid', ids)}`, value: fields({ discoveryId: 'discovery_id', group: 'label' }),
  },
  {
    name: 'merges', tables: ['customer_merges'], from: 'customer_merges x', key: [['source', 'text'], ['external_id', 'text']],
    hers: ({ ids }) => sql`(x.kept_id = any(${pgArray('uuid', ids)}) or x.gone_id = any(${pgArray('uuid', ids)}))`, value: fields({ at: 'merged_at', source: 'source', keptId: 'kept_id', goneId: 'gone_id' }),
  },
  {
    name: 'requests', tables: ['privacy_requests'], from: 'privacy_requests x', key: [['requested_at', 'timestamptz'], ['id', 'uuid']],
    value: fields({ id: 'id', kind: 'kind', source: 'source', state: 'state', requestedAt: 'requested_at', dueAt: 'due_at', finishedAt: 'finished_at' }),
  },
  {
    name: 'unreadDeliveries', tables: ['dead_letters'], from: 'dead_letters x', hers: naming('payload', 'edited_payload', 'headers::text', 'error', 'history::text'), key: [['id', 'uuid']],
    value: fields({ id: 'id', door: 'door', source: 'source', topic: 'topic', receivedAt: 'received_at' }),
  },
  {
    name: 'refusedLines', tables: ['import_rejections'], from: 'import_rejections x', hers: naming('raw', 'reason'), key: [['import_id', 'uuid'], ['line', 'int']], value: fields({ importId: 'import_id', line: 'line' }),
  },
  {
    name: 'skippedLines', tables: ['import_skipped'], from: 'import_skipped x', hers: naming('raw'), key: [['import_id', 'uuid'], ['line', 'int']], value: fields({ importId: 'import_id', line: 'line' }),
  },
];

/** Tables with a customer's id whose rows are in no part: each with why. */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  segment_touches: 'a note to ourselves that something else changed, gone within seconds',
};

const pageRow = z.object({ value: z.record(z.string(), z.unknown()), after: z.string() });

/** One page of a part, after the row that `after` names; a shorter page than `PAGE` is the last. */
export async function readPersonPage(db: TenantDb, part: PersonPart, person: Person, after: string | null): Promise<{ rows: Record<string, unknown>[]; next: string | null }> {
  const columns = sql.raw(part.key.map(([column]) => `x.${column}`).join(', '));
  const place = sql.raw(part.key.map(([, type], n) => `(a.key ->> ${String(n)})::${type}`).join(', '));
  const hers = part.hers?.(person) ?? sql`x.customer_id = any(${pgArray('uuid', person.ids)})`;
  const rows = await db.rows(pageRow, sql`select ${sql.raw(part.value)} as value, jsonb_build_array(${columns})::text as after
    from ${sql.raw(part.from)} cross join (select ${after}::jsonb as key) a
    where x.company_id = ${unseen(db.companyId)} and ${hers} and (a.key is null or (${columns}) > (${place})) order by ${columns} limit ${PAGE}`);
  return { rows: rows.map(({ value }) => value), next: rows.length < PAGE ? null : (rows.at(-1)?.after ?? null) };
}
