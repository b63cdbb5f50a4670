/** The data-quality report: what each source brings, what is missing in it, what stands out, and what to do about it. */
import type { Severity } from '#core/quality/alert-rules';
import { ruleStates, SEVERITIES } from '#core/quality/alert-rules';
import { bookFindings } from '#core/quality/book-findings';
import type { Detail, OddBuyer } from '#core/quality/book-findings';
import { inflowFindings, silences, sourceName, totalsOf } from '#core/quality/inflow-findings';
import type { Finding, InflowCounts, InflowFacts } from '#core/quality/inflow-findings';
import { LEAST_ORDERS, outlierBounds } from '#core/quality/outliers';
import { addDays } from '#core/calendar/days';
import { readBooks, readInflow, readOutliers } from '#data/quality';
import type { BookFacts, OutlierRow } from '#data/quality';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';

const NOBODY = '00000000-0000-0000-0000-000000000000';
/** Days in the small picture of each source. */
const PICTURE_DAYS = 30;

/** With the totals of the last thirty days. */
export interface SourceReport extends InflowCounts {
  source: string;
  name: string;
  lastReceivedAt: string;
  /** `by_hand`: comes when a person brings it. `learning`: its rhythm is not known yet. */
  rhythm: 'silent' | 'usual' | 'learning' | 'by_hand';
  /** Whole hours since something came by itself; null by hand. */
  quietHours: number | null;
  openDeadLetters: number;
  /** Thirty days, oldest first. */
  days: { day: string; received: number; rejected: number }[];
  integrationId: string | null;
}

export interface CoverageReport {
  source: string;
  name: string;
  /** Of the last year. */
  orders: number;
  /** Shares of them, 0–1. */
  shares: Record<Detail, number>;
}

export interface QualityReport {
  asOf: string;
  currency: string;
  /** The most serious first. */
  findings: (Finding & { severity: Severity })[];
  sources: SourceReport[];
  coverage: CoverageReport[];
  /** Minor units; null with too few orders to know. */
  usualOrder: number | null;
  outliers: (OddBuyer & { lastAt: string })[];
  /** Not in revenue. Minor units of that currency. */
  uncounted: { currency: string; orders: number; amount: number }[];
}

export async function getQualityReport(ctx: TenantContext): Promise<QualityReport> {
  requirePermission(ctx, 'quality:read');
  const now = ctx.clock.now();
  const [{ facts, rules, currency }, books] = await Promise.all([readInflow(ctx.db, now), readBooks(ctx.db, now)]);
  const bounds = boundsOf(books);
  const buyers = bounds === null ? [] : (await readOutliers(ctx.db, now, bounds)).map(buyerOf);
  const states = ruleStates(rules);
  const nameOf = (source: string): string => sourceName(source, facts);
  const usualOrder = bounds?.usual ?? null;
  const findings = [
    ...inflowFindings(facts, states),
    ...bookFindings({ currency, ...books, repeats: repeatsOf(facts), buyers, usualOrder: usualOrder ?? 0, nameOf }),
  ].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return {
    asOf: now.toISOString(), currency, findings, usualOrder, outliers: buyers, uncounted: books.currencies,
    sources: sourcesOf(facts, states.silence.settings.falseAlarmsAYear ?? 0.2), coverage: coverageOf(books, nameOf),
  };
}

function boundsOf({ quartiles }: BookFacts): { above: number; below: number; usual: number } | null {
  const { orders, first, median, third } = quartiles;
  if (orders < LEAST_ORDERS || first === null || median === null || third === null) return null;
  return { ...outlierBounds({ first, median, third }), usual: Math.round(Math.exp(median)) };
}

function buyerOf(row: OutlierRow): OddBuyer & { lastAt: string } {
  const { customer_id, last_at, ...rest } = row;
  return { ...rest, customerId: customer_id === NOBODY ? null : customer_id, lastAt: last_at };
}

function repeatsOf({ days }: InflowFacts): { source: string; received: number; repeated: number }[] {
  return [...new Set(days.map((d) => d.source))].map((source) => {
    const { received, repeated } = totalsOf(days.filter((d) => d.source === source));
    return { source, received, repeated };
  });
}

function sourcesOf(facts: InflowFacts, falseAlarmsAYear: number): SourceReport[] {
  const from = addDays(facts.today, 1 - PICTURE_DAYS);
  const quiet = silences(facts, falseAlarmsAYear);
  return [...new Set(facts.days.map((d) => d.source))].map((source): SourceReport => {
    const all = facts.days.filter((d) => d.source === source);
    const recent = all.filter((d) => d.day >= from);
    const byDay = new Map(recent.map((d) => [d.day, d]));
    const silence = quiet.get(source);
    return {
      source, name: sourceName(source, facts), lastReceivedAt: all.map((d) => d.lastReceivedAt).sort().at(-1) ?? '',
      rhythm: silence === undefined ? 'by_hand' : silence.state === 'unusual' ? 'silent' : silence.state, quietHours: silence?.hours ?? null,
      ...totalsOf(recent),
      openDeadLetters: facts.deadLetters.find((d) => d.source === source)?.open ?? 0,
      days: Array.from({ length: PICTURE_DAYS }, (_, n) => addDays(from, n)).map((day) => ({ day, received: byDay.get(day)?.received ?? 0, rejected: byDay.get(day)?.rejected ?? 0 })),
      integrationId: facts.integrations.find((one) => one.platform === source)?.id ?? null,
    };
  });
}

function coverageOf({ shares }: BookFacts, nameOf: (source: string) => string): CoverageReport[] {
  return [...new Set(shares.map((s) => s.source))].map((source) => {
    const own = shares.filter((s) => s.source === source);
    const orders = own.reduce((total, s) => total + s.total, 0);
    const share = (detail: Detail): number => own.reduce((total, s) => total + s[detail], 0) / Math.max(1, orders);
    return { source, name: nameOf(source), orders, shares: { customer: share('customer'), email: share('email'), items: share('items'), channel: share('channel'), cost: share('cost') } };
  }).sort((a, b) => b.orders - a.orders);
}
