/** For how long single sales are kept, what that means for the books, and the night's part in it. */
import { z } from 'zod';
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { FEWEST_YEARS, MOST_YEARS, NOTICE_DAYS } from '#core/commerce/closed-books';
import { AppError } from '#core/errors';
import { readCompany } from '#data/accounts';
import { closeOldDays, closePage, previewClosing } from '#data/closing';
import { keepStep, readRunRow } from '#data/job-runs';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';

/** Keys looked at in one transaction: ingest waits for no longer than that. */
const KEYS_PER_PAGE = 1000;
/** Pages in one step of the night: a step must end well within its limits. */
const PAGES_PER_STEP = 50;

export const yearsSchema = z.int().min(FEWEST_YEARS, `Keep single sales for ${String(FEWEST_YEARS)} years at least`)
  .max(MOST_YEARS, `Use at most ${String(MOST_YEARS)} years, or keep everything`);
/** Null: all of them. */
export const keepYearsSchema = yearsSchema.nullable();

/** What keeping single sales for so many years would mean today. */
export interface RetentionView {
  /** Null: everything is kept. */
  keepYears: number | null;
  /** What is in force. */
  closedBefore: string | null;
  /** Local days before this one would be closed; null when everything is kept. */
  before: string | null;
  /** Single sales and refunds that would become sums of their days, of how many customers, and the day of the first. */
  orders: number;
  refunds: number;
  customers: number;
  oldest: string | null;
  /** The local day whose night removes them at the earliest; null when there is nothing to remove. */
  notBefore: string | null;
}

/** @param asked years to try out; undefined for those in force. @throws AppError `not_found` */
export async function previewRetention(ctx: TenantContext, asked?: number | null): Promise<RetentionView> {
  requirePermission(ctx, 'company:read');
  const company = await readCompany(ctx.db);
  if (company === null) throw new AppError('not_found', 'There is no such company');
  const keepYears = asked === undefined ? company.keepYears : keepYearsSchema.parse(asked);
  const nothing = { keepYears, closedBefore: company.closedBefore, before: null, orders: 0, refunds: 0, customers: 0, oldest: null, notBefore: null };
  if (keepYears === null) return nothing;
  const now = ctx.clock.now();
  const [row] = await previewClosing(ctx.db, localDay(now, company.timeZone), [keepYears]);
  if (row === undefined) return nothing;
  const { before, orders, refunds, customers, oldest, newest } = row;
  const decided = keepYears === company.keepYears ? Date.parse(company.keepYearsSetAt) : now.getTime();
  const since = localDay(new Date(Math.max(decided, newest === null ? 0 : Date.parse(newest))), company.timeZone);
  const notBefore = [addDays(since, NOTICE_DAYS + 1), addDays(localDay(now, company.timeZone), 1)].sort().at(-1) ?? null;
  return { ...nothing, before, orders, refunds, customers, oldest, notBefore: orders + refunds === 0 ? null : notBefore };
}

const reached = z.object({
  closedBefore: z.string().nullable(), orders: z.number(), refunds: z.number(), waiting: z.number(),
  after: z.object({ source: z.string(), externalId: z.string() }).nullable(),
});

/**
 * Closes the days that are old enough and makes sums of their sales, page by page. How far it is stands in the run; a page
 * that was done and not noted is found done.
 * @returns whether there is more to do
 */
export async function nightClose(ctx: TenantContext, runId: string, day: string, keysPerPage = KEYS_PER_PAGE): Promise<boolean> {
  const now = (): string => ctx.clock.now().toISOString();
  const before = reached.safeParse((await readRunRow(ctx.db, runId))?.steps.find((step) => step.name === 'close')?.result).data;
  if (before === undefined) await keepStep(ctx.db, runId, 'close', { state: 'running', startedAt: now(), error: null });
  let so = before ?? { closedBefore: await closeOldDays(ctx.db, day), orders: 0, refunds: 0, waiting: 0, after: null };
  let more = so.closedBefore !== null;
  for (let pages = 0; more && pages < PAGES_PER_STEP; pages++) {
    ctx.failpoints.reach('before-close-page');
    const page = await closePage(ctx.db, so.after, keysPerPage);
    more = page.after !== null;
    so = { ...so, orders: so.orders + page.orders, refunds: so.refunds + page.refunds, waiting: so.waiting + page.waiting, after: page.after };
    ctx.failpoints.reach('after-close-page');
    if (more) await keepStep(ctx.db, runId, 'close', { result: so });
  }
  if (!more) {
    const { after: _, ...result } = so;
    await keepStep(ctx.db, runId, 'close', { state: 'done', finishedAt: now(), result });
  }
  return more;
}
