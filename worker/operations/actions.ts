/** Next best action: of one customer, of a segment, of everybody; decided from figures as they stand. */
import { z } from 'zod';
import { ACTION_IDS, type ActionId } from '#core/actions/assumptions';
import { ACTIONS } from '#core/actions/catalogue';
import { decide } from '#core/actions/decide';
import { ACTION_NAMES, CHANNEL_WORDS, gainSteps, LEAVE_ALONE_WORDS, reasonWords } from '#core/actions/words';
import { fromMinor } from '#core/commerce/money';
import type { CsvValue } from '#core/csv-text';
import { AppError } from '#core/errors';
import type { ActionScope } from '#data/action-sql';
import { countActions, listActionRows, readCustomerAction, type ActionCustomerRow } from '#data/actions';
import type { TenantContext } from '#worker/ports';
import { reckonActions, type ActionReckoning } from './action-plan.ts';
import type { ActionCountView, ActionCustomer, ActionCustomersView, ActionsView, ActionView, CustomerActionsView } from './action-views.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { requirePermission } from './permissions.ts';
import type { RecommendedProduct } from './recommendation-views.ts';
import { getRecommendations } from './recommendations.ts';
import { requireSegment } from './segments.ts';

const PRODUCTS = 3;
const PAGE = 50;
const LARGEST_PAGE = 200;
/** Lines of a file that are read at once. */
const CSV_PAGE = 2_000;

/** @throws AppError `not_found` */
export async function getCustomerActions(ctx: TenantContext, customerId: string): Promise<CustomerActionsView> {
  requirePermission(ctx, 'customers:read');
  const isOurs = z.uuid().safeParse(customerId).success;
  const reckoning = isOurs ? await reckonActions(ctx) : null;
  const found = reckoning === null ? null : await readCustomerAction(ctx.db, reckoning.moment, customerId);
  if (reckoning === null || found === null) throw new AppError('not_found', 'There is no such customer');
  const { state, basis, moment: { asOf, plan } } = reckoning;
  const view = { customerId: found.id, currency: state.currency, asOf };
  if (found.heldOut && basis.running !== null) return { ...view, actions: [], leaveAlone: null, heldOut: { since: basis.running.startedOn } };
  const { actions, leaveAlone } = decide(found.facts, plan);
  const showing = actions.filter(({ id }) => entryOf(id)?.hasProducts === true);
  const products = showing.length === 0 ? [] : await productsFor(ctx, found.id);
  return {
    ...view, heldOut: null, leaveAlone: leaveAlone === null ? null : { reason: leaveAlone, words: LEAVE_ALONE_WORDS[leaveAlone] },
    actions: actions.map((action): ActionView => ({
      id: action.id, ...ACTION_NAMES[action.id], channel: found.facts.channel, reason: reasonWords(action.id, found.facts, state), gain: action.gain,
      steps: gainSteps(action, found.facts, plan, state), products: showing.includes(action) ? products : [],
    })),
  };
}

const entryOf = (id: ActionId) => ACTIONS.find((entry) => entry.id === id);

/** From her own purchases; what everybody buys is no reason to write to her. */
async function productsFor(ctx: TenantContext, customerId: string): Promise<RecommendedProduct[]> {
  const { basis, products } = await getRecommendations(ctx, customerId, PRODUCTS);
  return basis === 'own' ? products : [];
}

/** Of everybody, or of the members of a segment. @throws AppError `not_found` for the segment */
export async function getActions(ctx: TenantContext, { segment }: { segment?: string | undefined } = {}): Promise<ActionsView> {
  requirePermission(ctx, 'customers:read');
  const [reckoning, scope] = await Promise.all([reckonActions(ctx), scopeOf(ctx, segment)]);
  return countedActions(ctx, reckoning, scope);
}

async function countedActions(ctx: TenantContext, { state, moment }: ActionReckoning, scope: ActionScope): Promise<ActionsView> {
  const rows = await countActions(ctx.db, moment, scope);
  const sum = (some: typeof rows, of: 'customers' | 'gain'): number => some.reduce((total, row) => total + row[of], 0);
  const told = rows.filter((row) => !row.heldOut);
  const actions = ACTION_IDS.flatMap((id): ActionCountView[] => {
    const own = told.filter((row) => row.action === id), { used, assumed, measured } = moment.plan.responses[id];
    return own.length === 0 ? [] : [{
      id, ...ACTION_NAMES[id], customers: sum(own, 'customers'), gain: Math.round(sum(own, 'gain')),
      response: { used, assumed, measured: measured?.response ?? null, customers: measured?.customers ?? 0 },
    }];
  }).toSorted((a, b) => b.gain - a.gain);
  return {
    currency: state.currency, asOf: moment.asOf, customers: sum(rows, 'customers'), withAction: sum(told.filter((row) => row.action !== null), 'customers'),
    gain: Math.round(sum(told, 'gain')), heldOut: sum(rows.filter((row) => row.heldOut), 'customers'), actions,
    leaveAlone: told.flatMap(({ reason, customers }) => (reason === null ? [] : [{ reason, words: LEAVE_ALONE_WORDS[reason], customers }])).toSorted((a, b) => b.customers - a.customers),
  };
}

/** Members of a segment are shown to those who may see segments. */
async function scopeOf(ctx: TenantContext, segment: string | undefined): Promise<ActionScope> {
  if (segment === undefined || segment === '') return { of: 'all' };
  requirePermission(ctx, 'segments:read');
  return { of: 'segment', id: (await requireSegment(ctx, segment)).id };
}

export interface ActionListInput {
  /** Left out: customers of every action. */
  action?: string | undefined;
  segment?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

/** Customers with an action, or whose first action it is, those it brings most first; who is held out is not among them. @throws AppError `invalid_input`, `not_found` for the segment */
export async function listActionCustomers(ctx: TenantContext, { action, segment, cursor, limit }: ActionListInput): Promise<ActionCustomersView> {
  requirePermission(ctx, 'customers:read');
  const id = actionNamed(action), size = Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(limit ?? PAGE)));
  const after = cursor === undefined ? null : placeOf(cursor);
  const [reckoning, scope] = await Promise.all([reckonActions(ctx), scopeOf(ctx, segment)]);
  const rows = await listActionRows(ctx.db, reckoning.moment, scope, id, size + 1, after);
  const last = rows[size - 1];
  return {
    currency: reckoning.state.currency, action: id, rows: rows.slice(0, size).map((row) => customerOf(row, reckoning)),
    nextCursor: rows.length > size && last !== undefined ? encodeCursor(String(last.gain), last.id) : null,
  };
}

function customerOf({ id, action, name, email, externalId, gain, totalValue, ...facts }: ActionCustomerRow, { state }: ActionReckoning): ActionCustomer {
  return { id, action, name, email, externalId, gain, totalValue, channel: facts.channel, reason: reasonWords(action, facts, state) };
}

function actionNamed(text: string | undefined): ActionId | null {
  if (text === undefined || text === '') return null;
  const id = ACTION_IDS.find((known) => known === text);
  if (id === undefined) throw new AppError('invalid_input', `There is no action "${text.slice(0, 40)}"`, { errors: [{ path: 'action', message: `Write one of ${ACTION_IDS.join(', ')}` }] });
  return id;
}

function placeOf(cursor: string): { gain: number; id: string } {
  const { value, id } = decodeCursor(cursor);
  if (value === null || !/^\d{1,16}$/.test(value)) {
    throw new AppError('invalid_input', 'The cursor is not one of ours: start again without it', { errors: [{ path: 'cursor', message: 'Pass nextCursor as it was given' }] });
  }
  return { gain: Number(value), id };
}

/** The whole list as lines of a file, read page by page. */
export async function exportActionCustomers(ctx: TenantContext, { action, segment }: Pick<ActionListInput, 'action' | 'segment'>): Promise<{ header: string[]; pages: AsyncGenerator<CsvValue[][]> }> {
  requirePermission(ctx, 'customers:read');
  const id = actionNamed(action);
  const [reckoning, scope] = await Promise.all([reckonActions(ctx), scopeOf(ctx, segment)]);
  return { header: ['customer_id', 'external_id', 'name', 'email', 'action', 'channel', 'expected_gain', 'total_value', 'currency', 'reason'], pages: linesOf(ctx, reckoning, scope, id) };
}

async function* linesOf(ctx: TenantContext, reckoning: ActionReckoning, scope: ActionScope, action: ActionId | null): AsyncGenerator<CsvValue[][]> {
  const { currency } = reckoning.state;
  let after: { gain: number; id: string } | null = null;
  do {
    const rows: ActionCustomerRow[] = await listActionRows(ctx.db, reckoning.moment, scope, action, CSV_PAGE, after);
    yield rows.map((row) => {
      const { id, action: first, externalId, name, email, channel, gain, totalValue, reason } = customerOf(row, reckoning);
      return [id, externalId, name, email, ACTION_NAMES[first].name, CHANNEL_WORDS[channel], fromMinor(gain, currency), fromMinor(totalValue, currency), currency, reason];
    });
    const last = rows.at(-1);
    after = rows.length < CSV_PAGE || last === undefined ? null : { gain: last.gain, id: last.id };
  } while (after !== null);
}
