/** Sales that several platforms tell of: shown, suggested, and corrected by a person. */
import { AppError } from '#core/errors';
import { listPairedRecords, listSuggestedPairs, pairOrders, readOrders, separateOrder } from '#data/pairings';
import type { SaleRecordRow } from '#data/pairings';
import type { Scorable } from '#data/scores';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { requirePermission } from './permissions.ts';
import { requireState, scorePending, WAVE } from './scoring.ts';
import type { PairingView, SaleRecordView } from './sale-views.ts';

const LARGEST_PAGE = 200;
const SUGGESTIONS = 50;
/** Older pairs are not looked for: they change no decision of today. */
const LOOK_BACK_MS = 400 * 86_400_000;

function toRecord(row: SaleRecordRow): SaleRecordView {
  return {
    id: row.id, source: row.source, externalId: row.external_id, label: row.label, status: row.status, occurredAt: row.occurred_at, ofRecord: row.of_record, counted: row.counted,
    total: row.stated, currency: row.currency, customer: row.customer_id === null ? null : { id: row.customer_id, name: row.customer_name, email: row.customer_email },
  };
}

export async function listPairings(ctx: TenantContext, page: { cursor?: string | undefined; limit?: number | undefined }): Promise<{ rows: PairingView[]; nextCursor: string | null }> {
  requirePermission(ctx, 'value:read');
  const limit = Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(page.limit ?? 50)));
  const sales = new Map<string, SaleRecordView[]>();
  for (const row of await listPairedRecords(ctx.db, limit + 1, page.cursor === undefined ? null : decodeCursor(page.cursor).id)) {
    sales.set(row.sale_id, [...(sales.get(row.sale_id) ?? []), toRecord(row)]);
  }
  const rows = [...sales].slice(0, limit).map(([saleId, records]): PairingView => ({ saleId, records }));
  const last = rows.at(-1);
  return { rows, nextCursor: sales.size > limit && last ? encodeCursor(null, last.saleId) : null };
}

/** Pairs that look like one sale and are counted as two. Newest first, at most fifty. */
export async function suggestPairings(ctx: TenantContext): Promise<{ rows: [SaleRecordView, SaleRecordView][] }> {
  requirePermission(ctx, 'value:read');
  const since = new Date(ctx.clock.now().getTime() - LOOK_BACK_MS).toISOString();
  return { rows: (await listSuggestedPairs(ctx.db, since, SUGGESTIONS)).map(({ left, right }) => [toRecord(left), toRecord(right)]) };
}

/**
 * A person says these orders are one sale; what else their payments are part of comes along.
 * @throws AppError `not_found`, `invalid_input`
 */
export async function pairTransactions(ctx: TenantContext, [first, second]: readonly [string, string]): Promise<void> {
  requirePermission(ctx, 'records:write');
  if (first === second) throw new AppError('invalid_input', 'Name two different orders', { errors: [{ path: 'transactionIds[1]', message: 'The same as the first' }] });
  const orders = await readOrders(ctx.db, [first, second]);
  if (orders.length < 2) throw new AppError('not_found', 'One of these is not an order of yours; refunds follow their order by themselves');
  await settle(ctx, await pairOrders(audited(ctx, { action: 'sales.paired', target: { kind: 'transaction', id: first }, detail: { with: second } }).db, orders.map(nameOf), WAVE));
}

/** A person says this order is a sale of its own. Takes back a pairing, and dismisses a suggestion. @throws AppError `not_found` */
export async function separateTransaction(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'records:write');
  const [order] = await readOrders(ctx.db, [id]);
  if (!order) throw new AppError('not_found', 'There is no such order');
  await settle(ctx, await separateOrder(audited(ctx, { action: 'sales.separated', target: { kind: 'transaction', id } }).db, nameOf(order), WAVE));
}

function nameOf(row: SaleRecordRow): { source: string; externalId: string } {
  return { source: row.source, externalId: row.external_id };
}

async function settle(ctx: TenantContext, unscored: readonly Scorable[]): Promise<void> {
  await scorePending(ctx, await requireState(ctx), unscored);
}
