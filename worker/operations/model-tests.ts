/** Tests of two versions: B serves its share of customers until the horizon has passed, then both are held against what came. */
import { v7 } from 'uuid';
import { testResultSchema } from '#core/clv/version-test';
import { armOf, judgeTest } from '#core/clv/version-test';
import type { TestResult } from '#core/clv/version-test';
import { isModelName, models } from '#core/clv/registry';
import { addDays, dayNumber } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { readSeenFrom } from '#data/model-input';
import { endTest, keepTest, listTests } from '#data/model-tests';
import type { TestRow } from '#data/model-tests';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { fitNamed, holdoutColumns } from './fit-model.ts';
import { rescoreAll } from './models.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';

/** Customers judged; more would change the figures by less than their noise. */
const MOST_JUDGED = 100_000;
export const TEST_DAYS = { least: 14, most: 365 } as const;

export interface ModelTestView {
  id: string;
  a: string;
  b: string;
  share: number;
  startedFor: string;
  endsFor: string;
  state: TestRow['state'];
  result: TestResult | null;
}

/**
 * B is `challenger` fitted on today's orders, A the version that serves; both stay as they are until the end.
 * @param share of customers whom B serves, 0–1 @param days until they are judged
 * @throws AppError `invalid_input`, `conflict`
 */
export async function startModelTest(ctx: TenantContext, { challenger, share, days }: { challenger: string; share: number; days: number }): Promise<ModelTestView> {
  requirePermission(ctx, 'models:refit');
  if (!isModelName(challenger)) throw new AppError('invalid_input', `There is no model ${challenger}; there are ${Object.keys(models).join(', ')}`);
  if (!(share > 0 && share < 1)) throw new AppError('invalid_input', 'The share of customers for the second version lies between 0 and 1');
  if (!Number.isInteger(days) || days < TEST_DAYS.least || days > TEST_DAYS.most) throw new AppError('invalid_input', `A test lasts ${TEST_DAYS.least} to ${TEST_DAYS.most} days`);
  const state = await requireState(ctx);
  if (!state.model) throw new AppError('conflict', 'No model serves yet that another could be tested against');
  if (state.model.behaviour.model === challenger) throw new AppError('invalid_input', `${challenger} serves already; choose another to test against it`);
  const startedFor = asOfDay(ctx, state);
  const b = await fitNamed(ctx, challenger, startedFor);
  const test = { id: v7(), a: { format: 1 as const, model: state.model, medianGapDays: state.medianGapDays }, b, share, startedFor, endsFor: addDays(startedFor, days) };
  if (!await keepTest(audited(ctx, { action: 'model.test_started', target: { kind: 'model', name: challenger }, detail: { share, days } }).db, test)) throw new AppError('conflict', 'A test is running already: stop it first, or wait for its end');
  await rescoreAll(ctx);
  return { ...test, a: test.a.model.behaviour.model, b: challenger, state: 'running', result: null };
}

/** Ends it without a verdict; the version that serves has everybody again. @throws AppError `not_found` */
export async function stopModelTest(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'models:refit');
  const running = (await listTests(ctx.db, 20)).find((test) => test.id === id && test.state === 'running');
  if (!running) throw new AppError('not_found', 'No such test is running');
  await endTest(audited(ctx, { action: 'model.test_stopped', target: { kind: 'model', name: running.b.model.behaviour.model } }).db, id, 'stopped', null);
  await rescoreAll(ctx);
}

export async function listModelTests(ctx: TenantContext): Promise<ModelTestView[]> {
  requirePermission(ctx, 'models:read');
  return (await listTests(ctx.db, 20)).map((test) => ({
    id: test.id, a: test.a.model.behaviour.model, b: test.b.model.behaviour.model, share: test.share, startedFor: test.started_for, endsFor: test.ends_for,
    state: test.state, result: testResultSchema.safeParse(test.result).data ?? null,
  }));
}

/** Judges the test whose horizon has passed. Repeated, it finds nothing left to do. */
export async function judgeDueTest(ctx: TenantContext): Promise<void> {
  const asOf = asOfDay(ctx, await requireState(ctx));
  const due = (await listTests(ctx.db, 1)).find((test) => test.state === 'running' && test.ends_for <= asOf);
  if (!due) return;
  const rows = await readSeenFrom(ctx.db, due.started_for, due.ends_for, MOST_JUDGED);
  const seen = holdoutColumns(rows, dayNumber(due.ends_for) - dayNumber(due.started_for));
  await endTest(ctx.db, due.id, 'done', judgeTest(seen, rows.map((row) => armOf(row.customer_id, due.id, due.share)), { a: due.a.model, b: due.b.model }));
}
