/** Next best action: of a customer, a segment and everybody, and the holdout that measures what acting brings. */
import { z } from '@hono/zod-openapi';
import { ACTION_IDS, assumptionsChange, assumptionsSchema } from '#core/actions/assumptions';
import { LEAVE_ALONE } from '#core/actions/catalogue';
import { CHANNELS } from '#core/actions/facts';
import type { Difference } from '#core/actions/lift';
import { changeAssumptions, getHoldout, HOLDOUT_SHARE, startHoldout, stopHoldout } from '#operations/action-holdout';
import type { ActionsView, HoldoutView, LiftView } from '#operations/action-views';
import { getActions, getCustomerActions, listActionCustomers } from '#operations/actions';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam, money, page, toMoney, toMoneyOrNull } from './shapes.ts';

const actionId = z.enum(ACTION_IDS);
const leaveAlone = z.object({ reason: z.enum(LEAVE_ALONE), words: z.string() });

const customerActionsShape = z.object({
  customerId: z.string(), asOf: z.string(),
  actions: z.array(z.object({
    id: actionId, name: z.string(), description: z.string(), channel: z.enum(CHANNELS).openapi({ description: 'ask: no message may be sent; ask at the next order or visit' }), reason: z.string(),
    gain: money.openapi({ description: 'On average over customers like this one' }), steps: z.array(z.object({ label: z.string(), value: z.string(), detail: z.string() })),
    products: z.array(z.object({ productId: z.string(), name: z.string(), category: z.string().nullable() })),
  })).openapi({ description: 'The first is what to do, the others were thought of' }),
  leaveAlone: leaveAlone.nullable(), heldOut: z.object({ since: z.string() }).nullable(),
}).openapi('CustomerActions');

const actionsShape = z.object({
  asOf: z.string(), customers: z.int(), withAction: z.int(), gain: money, heldOut: z.int(),
  actions: z.array(z.object({
    id: actionId, name: z.string(), description: z.string(), customers: z.int(), gain: money,
    response: z.object({ used: z.number(), assumed: z.number(), measured: z.number().nullable(), customers: z.int() }).openapi({ description: 'Share of those who would otherwise stay away that a message is reckoned to bring back' }),
  })),
  leaveAlone: z.array(leaveAlone.extend({ customers: z.int() })),
}).openapi('Actions');

function actionsOut({ currency, gain, actions, ...rest }: ActionsView): z.infer<typeof actionsShape> {
  return { ...rest, gain: toMoney(gain, currency), actions: actions.map((action) => ({ ...action, gain: toMoney(action.gain, currency) })) };
}

const ordersDifference = z.object({ acted: z.number(), heldOut: z.number(), difference: z.number(), low: z.number().nullable(), high: z.number().nullable(), isSure: z.boolean() });
const moneyDifference = z.object({ acted: money, heldOut: money, difference: money, low: money.nullable(), high: money.nullable(), isSure: z.boolean() });
const liftShape = z.object({
  from: z.string(), through: z.string(), days: z.int(), acted: z.int(), heldOut: z.int(),
  orders: ordersDifference.openapi({ description: 'Orders a customer; difference with its 95 % interval (Welch)' }), net: moneyDifference.openapi({ description: 'Net revenue a customer' }),
  total: z.object({ value: money, low: money.nullable(), high: money.nullable() }), verdict: z.string(),
  actions: z.array(z.object({ id: actionId, name: z.string(), acted: z.int(), heldOut: z.int(), orders: ordersDifference, response: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable() })),
}).openapi('ActionLift');
const holdoutShape = z.object({
  running: z.object({ id: z.string(), share: z.number(), since: z.string(), lift: liftShape.nullable() }).nullable(),
  ended: z.array(z.object({ id: z.string(), share: z.number(), from: z.string(), to: z.string(), lift: liftShape.nullable() })),
  plan: z.object({
    customers: z.int(), assumedEffect: z.number(),
    shares: z.array(z.object({ share: z.number(), days: z.int().nullable(), customersFor30Days: z.int().nullable(), smallestSeenIn30Days: z.number().nullable() })),
  }).openapi({ description: 'How long it takes to tell the assumed effect from chance in eight of ten cases' }),
  assumptions: assumptionsSchema,
}).openapi('ActionHoldout');

const ordersOut = ({ standardError: _, ...rest }: Difference): z.infer<typeof ordersDifference> => rest;

function netOut({ acted, heldOut, difference, low, high, isSure }: Difference, currency: string): z.infer<typeof moneyDifference> {
  const whole = (value: number) => toMoney(Math.round(value), currency);
  return { acted: whole(acted), heldOut: whole(heldOut), difference: whole(difference), low: low === null ? null : whole(low), high: high === null ? null : whole(high), isSure };
}

function liftOut({ currency, series: _, orders, net, total, actions, ...rest }: LiftView): z.infer<typeof liftShape> {
  return {
    ...rest, orders: ordersOut(orders), net: netOut(net, currency), total: { value: toMoney(total.value, currency), low: toMoneyOrNull(total.low, currency), high: toMoneyOrNull(total.high, currency) },
    actions: actions.map((action) => ({ ...action, orders: ordersOut(action.orders) })),
  };
}

function holdoutOut({ running, ended, plan, assumptions }: HoldoutView): z.infer<typeof holdoutShape> {
  return {
    running: running === null ? null : { ...running, lift: running.lift === null ? null : liftOut(running.lift) },
    ended: ended.map((one) => ({ ...one, lift: one.lift === null ? null : liftOut(one.lift) })), plan, assumptions,
  };
}

export function actionsApi() {
  const app = apiHono();

  app.openapi(route('customers:read', {
    method: 'get', path: '/customers/{id}/actions', tags: ['actions'], summary: 'What to do about a customer, why, and what it may bring',
    description: 'Never beyond consent. Nothing is suggested for somebody held out.', request: { params: idParam }, responses: { 200: { description: 'Best first', content: json(customerActionsShape) } },
  }), async (c) => {
    const { currency, actions, ...rest } = await getCustomerActions(c.get('ctx'), c.req.valid('param').id);
    return c.json({
      ...rest, actions: actions.map(({ gain, products, ...action }) => ({ ...action, gain: toMoney(gain, currency), products: products.map(({ productId, name, category }) => ({ productId, name, category })) })),
    }, 200);
  });

  app.openapi(route('segments:read', {
    method: 'get', path: '/segments/{id}/actions', tags: ['actions'], summary: 'What to do about the members of a segment', request: { params: idParam },
    responses: { 200: { description: 'Each member once, under the first action', content: json(actionsShape) } },
  }), async (c) => c.json(actionsOut(await getActions(c.get('ctx'), { segment: c.req.valid('param').id })), 200));

  app.openapi(route('customers:read', {
    method: 'get', path: '/actions', tags: ['actions'], summary: 'What to do about everybody',
    responses: { 200: { description: 'Each customer once, under the first action', content: json(actionsShape) } },
  }), async (c) => c.json(actionsOut(await getActions(c.get('ctx'))), 200));

  app.openapi(route('customers:read', {
    method: 'get', path: '/actions/customers', tags: ['actions'], summary: 'Customers with an action, those it brings most first', description: 'Who is held out is not among them.',
    request: { query: z.object({ ...page, action: actionId.optional(), segment: z.uuid('Write the id of a segment').optional().openapi({ description: 'Only its members; needs segments:read' }) }) },
    responses: { 200: { description: 'A page', content: json(z.object({
      rows: z.array(z.object({ id: z.string(), externalId: z.string(), name: z.string().nullable(), email: z.string().nullable(), action: actionId, channel: z.enum(CHANNELS), gain: money, totalValue: money, reason: z.string() })),
      nextCursor: z.string().nullable(),
    })) } },
  }), async (c) => {
    const { currency, rows, nextCursor } = await listActionCustomers(c.get('ctx'), c.req.valid('query'));
    return c.json({ rows: rows.map((row) => ({ ...row, gain: toMoney(row.gain, currency), totalValue: toMoney(row.totalValue, currency) })), nextCursor }, 200);
  });

  app.openapi(route('customers:read', {
    method: 'get', path: '/actions/holdout', tags: ['actions'], summary: 'Who is held out, what acting brought, and what gains are reckoned with',
    responses: { 200: { description: 'The holdout', content: json(holdoutShape) } },
  }), async (c) => c.json(holdoutOut(await getHoldout(c.get('ctx'))), 200));

  app.openapi(route('actions:manage', {
    method: 'post', path: '/actions/holdout', tags: ['actions'], summary: 'Hold customers out', description: 'Measured from tomorrow on; a share of all customers, always the same ones, is told no action until it is stopped.',
    request: { body: { required: true, content: json(z.strictObject({ share: z.number().min(HOLDOUT_SHARE.least).max(HOLDOUT_SHARE.most).default(HOLDOUT_SHARE.usual) })) } },
    responses: { 201: { description: 'It runs', content: json(holdoutShape) } },
  }), async (c) => c.json(holdoutOut(await startHoldout(c.get('ctx'), c.req.valid('json'))), 201));

  app.openapi(route('actions:manage', {
    method: 'delete', path: '/actions/holdout', tags: ['actions'], summary: 'Stop holding customers out', description: 'What was measured is kept.',
    responses: { 200: { description: 'Stopped', content: json(holdoutShape) } },
  }), async (c) => c.json(holdoutOut(await stopHoldout(c.get('ctx'))), 200));

  app.openapi(route('actions:manage', {
    method: 'patch', path: '/actions/assumptions', tags: ['actions'], summary: 'Say what gains are reckoned with', description: 'responses: one in so many of those who would otherwise stay away.',
    request: { body: { required: true, content: json(assumptionsChange) } }, responses: { 200: { description: 'In force', content: json(holdoutShape) } },
  }), async (c) => c.json(holdoutOut(await changeAssumptions(c.get('ctx'), c.req.valid('json'))), 200));

  return app;
}
