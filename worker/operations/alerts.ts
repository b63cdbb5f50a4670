/** Alerts: judged from what came in, raised, resolved, acknowledged; and the rules a company changes. */
import { v7 } from 'uuid';
import { ALERT_RULES, RULE_NAMES, ruleNamed, ruleStates } from '#core/quality/alert-rules';
import type { AlertRule, RuleName, RuleStates } from '#core/quality/alert-rules';
import { inflowFindings } from '#core/quality/inflow-findings';
import { AppError } from '#core/errors';
import { acknowledgeAlertRow, listAlertRows, listToWatch, syncAlerts, writeAlertRule } from '#data/alerts';
import type { AlertRow } from '#data/alerts';
import { readInflow } from '#data/quality';
import type { Database } from '#data/tenant';
import type { JobsPort, TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { requirePermission } from './permissions.ts';

/** Minutes from one look at a tenant to the next. */
const SLOTS = 5;
const LISTED = 200;

export interface AlertView {
  id: string;
  rule: string;
  /** What it is about: a source, an integration, a topic. */
  subject: string;
  severity: AlertRow['severity'];
  title: string;
  meaning: string;
  link: { label: string; to: string } | null;
  raisedAt: string;
  /** When it was last found to be so. */
  seenAt: string;
  acknowledgedAt: string | null;
  resolvedAt: string | null;
}

/** Looks at what came in and keeps the alerts in step with it. */
export async function watchInflow(ctx: TenantContext): Promise<AlertView[]> {
  const now = ctx.clock.now();
  const { facts, rules } = await readInflow(ctx.db, now);
  const states = ruleStates(rules);
  const found = inflowFindings(facts, states).flatMap(({ rule, subject, severity, title, meaning, link }) =>
    rule === null || !states[rule].enabled ? [] : [{ id: v7(), rule, subject, severity, title, detail: { meaning, link } }]);
  const open = await syncAlerts(ctx.db, found, now.toISOString());
  return open.map(viewOf);
}

/** Rings for the tenants whose turn it is this minute. */
export async function ringWatches(tools: { database: Database; jobs: JobsPort }, now: Date): Promise<void> {
  const slot = Math.floor(now.getTime() / 60_000) % SLOTS;
  for (const companyId of await listToWatch(tools.database, slot, SLOTS)) await tools.jobs.enqueue({ type: 'watch', companyId });
}

export async function listAlerts(ctx: TenantContext, state: 'open' | 'resolved' | 'all' = 'open'): Promise<AlertView[]> {
  requirePermission(ctx, 'quality:read');
  return (await listAlertRows(ctx.db, state, LISTED)).map(viewOf);
}

/** What the bell above every page says: open alerts nobody has acknowledged, told by the most serious. */
export async function unseenAlerts(ctx: TenantContext): Promise<{ count: number; title: string | null; critical: boolean }> {
  requirePermission(ctx, 'quality:read');
  const unseen = (await listAlertRows(ctx.db, 'open', LISTED)).filter((row) => row.acknowledged_at === null && row.severity !== 'info');
  const critical = unseen.find((row) => row.severity === 'critical');
  return { count: unseen.length, title: (critical ?? unseen[0])?.title ?? null, critical: critical !== undefined };
}

/** It stays open until it is over, and stops asking for attention. @throws AppError `not_found`. */
export async function acknowledgeAlert(ctx: TenantContext, id: string): Promise<AlertView> {
  requirePermission(ctx, 'alerts:acknowledge');
  const row = await acknowledgeAlertRow(audited(ctx, { action: 'alerts.acknowledged', target: { kind: 'alert', id } }).db, id, ctx.clock.now().toISOString());
  if (row === null) throw new AppError('not_found', 'There is no such alert');
  return viewOf(row);
}

export type AlertRuleView = AlertRule & { enabled: boolean; values: Record<string, number> };

export async function listAlertRules(ctx: TenantContext): Promise<AlertRuleView[]> {
  requirePermission(ctx, 'quality:read');
  return withStates(ruleStates((await readInflow(ctx.db, ctx.clock.now())).rules));
}

export interface RuleChange {
  rule: string;
  enabled?: boolean | undefined;
  settings?: Record<string, number> | undefined;
}

/** Changes the rules that are named, and judges anew. @throws AppError `invalid_input` naming the rule or setting. */
export async function changeAlertRules(ctx: TenantContext, changes: readonly RuleChange[]): Promise<AlertRuleView[]> {
  requirePermission(ctx, 'company:write');
  const states = ruleStates((await readInflow(ctx.db, ctx.clock.now())).rules);
  const checked = changes.map((change, index) => check(change, states, index));
  const { db } = audited(ctx, { action: 'alerts.rules_changed', detail: { rules: checked } });
  for (const { rule, enabled, settings } of checked) await writeAlertRule(db, rule, enabled, settings);
  await watchInflow(ctx);
  return await listAlertRules(ctx);
}

function check(change: RuleChange, states: RuleStates, index: number): { rule: RuleName; enabled: boolean; settings: Record<string, number> } {
  const name = RULE_NAMES.find((one) => one === change.rule);
  const at = `rules.${String(index)}`;
  if (name === undefined) throw new AppError('invalid_input', `There is no alert rule "${change.rule}"`, { errors: [{ path: `${at}.rule`, message: `Choose one of ${RULE_NAMES.join(', ')}` }] });
  const rule = ruleNamed(name);
  for (const [key, value] of Object.entries(change.settings ?? {})) {
    const setting = rule.settings.find((one) => one.key === key);
    if (setting === undefined) throw new AppError('invalid_input', `"${rule.title}" has no setting "${key}"`, { errors: [{ path: `${at}.settings.${key}`, message: 'No such setting' }] });
    if (value < setting.least || value > setting.most) {
      const message = `Between ${String(setting.least)} and ${String(setting.most)}`;
      throw new AppError('invalid_input', `${setting.label}: ${message.toLowerCase()}`, { errors: [{ path: `${at}.settings.${key}`, message }] });
    }
  }
  const state = states[name];
  return { rule: name, enabled: change.enabled ?? state.enabled, settings: { ...state.settings, ...change.settings } };
}

function withStates(states: RuleStates): AlertRuleView[] {
  return ALERT_RULES.map((rule) => ({ ...rule, enabled: states[rule.name].enabled, values: states[rule.name].settings }));
}

function viewOf(row: AlertRow): AlertView {
  const { id, rule, subject, severity, title, detail } = row;
  return {
    id, rule, subject, severity, title, meaning: detail.meaning, link: detail.link, raisedAt: row.raised_at, seenAt: row.seen_at,
    acknowledgedAt: row.acknowledged_at, resolvedAt: row.resolved_at,
  };
}
