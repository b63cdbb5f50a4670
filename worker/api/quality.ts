/** How good the data are: the report, the alerts raised from it, and the rules that raise them. */
import { z } from '@hono/zod-openapi';
import { SEVERITIES } from '#core/quality/alert-rules';
import { acknowledgeAlert, changeAlertRules, listAlertRules, listAlerts } from '#operations/alerts';
import { getQualityReport } from '#operations/quality';
import type { QualityReport } from '#operations/quality';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam, money, toMoney, toMoneyOrNull } from './shapes.ts';

const link = z.object({ label: z.string(), to: z.string().openapi({ description: 'A page of ours' }) }).nullable();
const severity = z.enum(SEVERITIES);

const report = z.object({
  asOf: z.string(),
  findings: z.array(z.object({
    rule: z.string().nullable().openapi({ description: 'The alert rule that watches it; null where none does' }),
    subject: z.string(), severity, title: z.string(), meaning: z.string(), link,
  })),
  sources: z.array(z.object({
    source: z.string(), name: z.string(), lastReceivedAt: z.string(), rhythm: z.enum(['silent', 'usual', 'learning', 'by_hand']), quietHours: z.int().nullable(),
    received: z.int().openapi({ description: 'Of the last thirty days, as the counts below' }), inserted: z.int(), updated: z.int(), repeated: z.int(), rejected: z.int(),
    ignored: z.int(), late: z.int(), openDeadLetters: z.int(), integrationId: z.string().nullable(),
    days: z.array(z.object({ day: z.string(), received: z.int(), rejected: z.int() })),
  })),
  coverage: z.array(z.object({
    source: z.string(), name: z.string(), orders: z.int(),
    shares: z.object({ customer: z.number(), email: z.number(), items: z.number(), channel: z.number(), cost: z.number() }),
  })).openapi({ description: 'Of the last year’s orders, the shares that have each detail' }),
  usualOrder: money.nullable(),
  outliers: z.array(z.object({
    customerId: z.string().nullable(), name: z.string().nullable(), orders: z.int(), total: money, largest: money, lastAt: z.string(), big: z.boolean(),
  })),
  uncounted: z.array(z.object({ currency: z.string(), orders: z.int(), amount: money })),
}).openapi('DataQuality');

const alert = z.object({
  id: z.string(), rule: z.string(), subject: z.string(), severity, title: z.string(), meaning: z.string(), link,
  raisedAt: z.string(), seenAt: z.string(), acknowledgedAt: z.string().nullable(), resolvedAt: z.string().nullable(),
}).openapi('Alert');

const alertRule = z.object({
  name: z.string(), title: z.string(), when: z.string(), enabled: z.boolean(), values: z.record(z.string(), z.number()),
  settings: z.array(z.object({ key: z.string(), label: z.string(), standard: z.number(), least: z.number(), most: z.number() })),
}).openapi('AlertRule');

const changes = z.strictObject({
  rules: z.array(z.strictObject({ rule: z.string().max(60), enabled: z.boolean().optional(), settings: z.record(z.string().max(60), z.number()).optional() })).min(1).max(50),
});

function reportOut({ currency, usualOrder, outliers, uncounted, ...rest }: QualityReport): z.infer<typeof report> {
  return {
    ...rest, usualOrder: toMoneyOrNull(usualOrder, currency),
    outliers: outliers.map((row) => ({ ...row, total: toMoney(row.total, currency), largest: toMoney(row.largest, currency) })),
    uncounted: uncounted.map((row) => ({ ...row, amount: toMoney(row.amount, row.currency) })),
  };
}

export function qualityApi() {
  const app = apiHono();

  app.openapi(route('quality:read', {
    method: 'get', path: '/data-quality', tags: ['quality'], summary: 'How good the data are, and what to do about it',
    responses: { 200: { description: 'The report', content: json(report) } },
  }), async (c) => c.json(reportOut(await getQualityReport(c.get('ctx'))), 200));

  app.openapi(route('quality:read', {
    method: 'get', path: '/alerts', tags: ['quality'], summary: 'What needs attention',
    request: { query: z.object({ state: z.enum(['open', 'resolved', 'all']).default('open') }) },
    responses: { 200: { description: 'Newest first', content: json(z.object({ rows: z.array(alert) })) } },
  }), async (c) => c.json({ rows: await listAlerts(c.get('ctx'), c.req.valid('query').state) }, 200));

  app.openapi(route('alerts:acknowledge', {
    method: 'post', path: '/alerts/{id}/acknowledge', tags: ['quality'], summary: 'Say that somebody has seen it',
    description: 'It stays open until it is over.',
    request: { params: idParam }, responses: { 200: { description: 'The alert', content: json(alert) } },
  }), async (c) => c.json(await acknowledgeAlert(c.get('ctx'), c.req.valid('param').id), 200));

  app.openapi(route('quality:read', {
    method: 'get', path: '/alert-rules', tags: ['quality'], summary: 'What alerts are raised from',
    responses: { 200: { description: 'All rules with this company’s settings', content: json(z.object({ rows: z.array(alertRule) })) } },
  }), async (c) => c.json({ rows: await listAlertRules(c.get('ctx')) }, 200));

  app.openapi(route('company:write', {
    method: 'put', path: '/alert-rules', tags: ['quality'], summary: 'Change some of them',
    description: 'Rules and settings that are not named stay as they are.',
    request: { body: { required: true, content: json(changes) } },
    responses: { 200: { description: 'All rules', content: json(z.object({ rows: z.array(alertRule) })) } },
  }), async (c) => c.json({ rows: await changeAlertRules(c.get('ctx'), c.req.valid('json').rules) }, 200));

  return app;
}
