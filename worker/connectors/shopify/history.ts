/**
 * A Shopify shop's orders: a bulk operation writes them all to one file, which is then read piece by piece from where
 * the last piece ended. The cursor holds the operation and the byte, never the file's address, which is a secret of a week.
 */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { History, HistoryPage, HistoryUnit, HistoryWindow, NormaliseContext, PlatformAccess } from '#connectors/connector';
import { linesOf } from '#connectors/lines';
import { readPayload } from '#connectors/payload';
import { askAdmin, Throttled, TOKEN_SETTING } from './admin-api.ts';
import { bulkOrdersQuery, READ_BULK, READ_REFUNDS, READ_SCOPES, RUN_BULK } from './history-query.ts';
import { asWebhookOrder, readBulkOrder, refundNode } from './history-shape.ts';
import type { BulkOrder, RefundNode } from './history-shape.ts';
import { toOrderRecords } from './order.ts';
import { order as orderPayload } from './payload.ts';

const PLATFORM = 'shopify';
/** The topic whose webhook would have brought the order as it stands now. */
const TOPIC = 'orders/updated';
const PAGE_ORDERS = 500;
/** One answer may cost 1,000 points at most; a refund with its lists costs some 35. */
const REFUNDS_A_CALL = 25;
/** Without read_all_orders an app sees this much of the past. */
const RECENT_DAYS = 60;
const POLL_SECONDS = { first: 2, then: 10 };
const MOST_TRIES = 4;

const cursorShape = z.strictObject({
  /** The bulk operation's id; null before one was started. */
  op: z.string().nullable(), at: z.number().int().nonnegative(),
  /** Operations that Shopify gave up on, and times that this one was asked about. */
  tries: z.number().int(), polls: z.number().int(),
});
type Cursor = z.infer<typeof cursorShape>;
const START: Cursor = { op: null, at: 0, tries: 0, polls: 0 };

const scopes = z.object({ currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }) });
const started = z.object({
  bulkOperationRunQuery: z.object({
    bulkOperation: z.object({ id: z.string() }).nullable(),
    userErrors: z.array(z.object({ message: z.string(), code: z.string().nullish() })),
  }),
});
const operation = z.object({
  node: z.object({
    status: z.string(), errorCode: z.string().nullish(), rootObjectCount: z.coerce.number().nullish(), fileSize: z.coerce.number().nullish(), url: z.string().nullish(),
  }).nullable(),
});
type Operation = NonNullable<z.infer<typeof operation>['node']>;
const refundNodes = z.object({ nodes: z.array(refundNode.nullable()) });

export const shopifyHistory: History = {
  needs: [TOKEN_SETTING],

  async read(access, window, cursor) {
    const from = cursor === null ? START : parseCursor(cursor);
    try {
      return from.op === null ? await startBulk(access, window, from) : await readBulk(access, from, from.op);
    } catch (error) {
      if (error instanceof Throttled) return waiting(from, error.waitSeconds);
      throw error;
    }
  },
};

function parseCursor(text: string): Cursor {
  try {
    return cursorShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('invalid_input', 'The place in the shop’s history is not one of ours; start anew', { cause });
  }
}

function waiting(cursor: Cursor, waitSeconds: number, expected: number | null = null): HistoryPage {
  return { units: [], rejected: [], cursor: JSON.stringify(cursor), expected, waitSeconds };
}

async function startBulk(access: PlatformAccess, window: HistoryWindow, cursor: Cursor): Promise<HistoryPage> {
  await requireScopes(access, window);
  const { bulkOperationRunQuery: { bulkOperation, userErrors } } = await askAdmin(access, started, RUN_BULK, { query: bulkOrdersQuery(window) });
  if (userErrors.some(({ code }) => code === 'OPERATION_IN_PROGRESS' || code === 'LIMIT_REACHED')) return waiting(cursor, 60);
  const said = userErrors.map(({ message }) => message).join('; ');
  if (bulkOperation === null || said !== '') throw new AppError('invalid_input', `Shopify did not start to write out the orders: ${said === '' ? 'it gave no reason' : said}`);
  return waiting({ ...cursor, op: bulkOperation.id, at: 0, polls: 0 }, POLL_SECONDS.first);
}

/** Shopify leaves out what the token may not see without a word, so it is asked first. */
async function requireScopes(access: PlatformAccess, window: HistoryWindow): Promise<void> {
  const { currentAppInstallation: { accessScopes } } = await askAdmin(access, scopes, READ_SCOPES, {});
  const held = new Set(accessScopes.map(({ handle }) => handle));
  if (!held.has('read_orders')) throw new AppError('invalid_input', 'The token may not read orders. Give its app the permission read_orders in Shopify, then try again.');
  const oldest = access.now().getTime() - RECENT_DAYS * 86_400_000;
  const reachesBack = window.from === null || Date.parse(window.from) < oldest;
  if (reachesBack && !held.has('read_all_orders')) {
    throw new AppError('invalid_input', `The token sees the last ${String(RECENT_DAYS)} days only. Give its app the permission read_all_orders in Shopify, or choose a later first day.`);
  }
}

async function readBulk(access: PlatformAccess, cursor: Cursor, id: string): Promise<HistoryPage> {
  const { node } = await askAdmin(access, operation, READ_BULK, { id });
  // Forgotten after seven days: what was read stays, and reading again changes nothing twice.
  if (node === null) return again(cursor, 'Shopify no longer knows the list of orders that it wrote for us');
  switch (node.status) {
    case 'CREATED':
    case 'RUNNING':
    case 'CANCELING':
      return waiting({ ...cursor, polls: cursor.polls + 1 }, cursor.polls < 3 ? POLL_SECONDS.first : POLL_SECONDS.then, node.rootObjectCount ?? null);
    case 'COMPLETED': return await readPage(access, cursor, node);
    case 'CANCELED': throw new AppError('invalid_input', 'Writing out the orders was cancelled in Shopify; start again when it suits you');
    case 'FAILED':
      if (node.errorCode === 'ACCESS_DENIED') throw new AppError('invalid_input', 'The token may not read orders. Give its app the permissions read_orders, read_all_orders and read_customers in Shopify.');
      return again(cursor, 'Shopify could not write out the orders');
    default: return again(cursor, 'The list of orders that Shopify wrote for us has expired');
  }
}

/** Has Shopify write the file anew. @throws AppError `invalid_input` after several tries. */
function again(cursor: Cursor, why: string): HistoryPage {
  if (cursor.tries + 1 >= MOST_TRIES) throw new AppError('invalid_input', `${why}, ${String(MOST_TRIES)} times. Try again tomorrow, or ask Shopify's support.`);
  return waiting({ ...START, tries: cursor.tries + 1 }, 30);
}

async function readPage(access: PlatformAccess, cursor: Cursor, { url, rootObjectCount, fileSize }: Operation): Promise<HistoryPage> {
  const expected = rootObjectCount ?? null;
  const end: HistoryPage = { units: [], rejected: [], cursor: null, expected, waitSeconds: 0 };
  if (expected === 0 || (fileSize !== null && fileSize !== undefined && cursor.at >= fileSize)) return end;
  if (url === null || url === undefined) return again(cursor, 'The list of orders that Shopify wrote for us has expired');
  const response = await access.fetch(url, { headers: { range: `bytes=${String(cursor.at)}-` } });
  if (response.status === 416) return end;
  if (response.status === 403 || response.status === 404) {
    await response.body?.cancel();
    return again(cursor, 'The list of orders that Shopify wrote for us has expired');
  }
  if (!response.ok || response.body === null) throw new AppError('unavailable', `Shopify's file store answered with status ${String(response.status)}`);
  const { groups, at, ended } = await readGroups(response.body, cursor.at, response.status === 206 ? 0 : cursor.at);
  const page = await toUnits(access, groups);
  return { ...page, cursor: ended ? null : JSON.stringify({ ...cursor, at }), expected, waitSeconds: 0 };
}

/** Up to a page of orders, each with the lines that follow it; the byte at which the next order begins. */
async function readGroups(body: ReadableStream<Uint8Array>, start: number, skip: number): Promise<{ groups: string[][]; at: number; ended: boolean }> {
  const groups: string[][] = [];
  let at = start;
  for await (const { text, end } of linesOf(body, start, skip)) {
    if (text.trim() !== '') {
      const open = groups.at(-1);
      // A child names its parent; an order has none. Inside of a title these quotes would be escaped.
      if (open !== undefined && text.includes('"__parentId":"gid://')) open.push(text);
      else if (groups.length === PAGE_ORDERS) return { groups, at, ended: false };
      else groups.push([text]);
    }
    at = end;
  }
  return { groups, at, ended: true };
}

async function toUnits(access: PlatformAccess, groups: readonly string[][]): Promise<Pick<HistoryPage, 'units' | 'rejected'>> {
  const units: HistoryUnit[] = [];
  const rejected: HistoryPage['rejected'] = [];
  const orders: { found: BulkOrder; lines: readonly string[] }[] = [];
  const refuse = (lines: readonly string[], error: unknown, payload: string): void => {
    if (error instanceof AppError ? error.retryable : !(error instanceof SyntaxError)) throw error;
    rejected.push({ deliveryId: `order:${/"gid:\/\/shopify\/Order\/(\d+)"/.exec(lines[0] ?? '')?.[1] ?? 'unknown'}`, topic: TOPIC, payload, error: error instanceof AppError ? error.message : 'A line is not JSON' });
  };
  for (const lines of groups) {
    try {
      orders.push({ found: readBulkOrder(lines), lines });
    } catch (error) {
      refuse(lines, error, lines.join('\n'));
    }
  }
  const refunds = await readRefunds(access, orders.flatMap(({ found }) => (found.order.refunds ?? []).map(({ id }) => id)));
  const context: NormaliseContext = { currency: access.currency, receivedAt: access.now().toISOString() };
  for (const { found, lines } of orders) {
    let payload = lines.join('\n');
    try {
      payload = JSON.stringify(asWebhookOrder(found, refunds));
      const records = toOrderRecords(readPayload(orderPayload, payload, 'Order'), PLATFORM, {}, context);
      units.push({ deliveryId: `order:${records[0]?.externalId ?? ''}`, topic: TOPIC, records, payload });
    } catch (error) {
      refuse(lines, error, payload);
    }
  }
  return { units, rejected };
}

async function readRefunds(access: PlatformAccess, ids: readonly string[]): Promise<Map<string, RefundNode>> {
  const found = new Map<string, RefundNode>();
  for (let at = 0; at < ids.length; at += REFUNDS_A_CALL) {
    const { nodes } = await askAdmin(access, refundNodes, READ_REFUNDS, { ids: ids.slice(at, at + REFUNDS_A_CALL) });
    for (const node of nodes) if (node !== null) found.set(node.id, node);
  }
  return found;
}
