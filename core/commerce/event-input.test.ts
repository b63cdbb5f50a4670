import { describe, expect, it } from 'vitest';
import { emailsOf, parseEvents, parsePublicEvents } from './event-input.ts';

let made = 0;
const context = { source: 'api', currency: 'EUR', timeZone: 'Europe/Berlin', now: new Date('2026-11-20T12:00:00Z'), makeId: () => `made-${String(made++)}` };
const one = (input: Record<string, unknown>) => parseEvents([{ type: 'page_view', ...input }], context);
const pub = (input: Record<string, unknown>) => parsePublicEvents([{ type: 'page_view', anonymousId: 'a', ...input }], context, new Map([['ada@shop.example', 'hash']]));

describe('events by key', () => {
  it('become records, with an id made where there is none', () => {
    expect(one({ id: 'e1', occurredAt: '2026-11-20T11:00:00Z', customer: { externalId: 7 }, properties: { path: '/' } }).accepted).toMatchObject([{
      kind: 'event', source: 'api', externalId: 'e1', type: 'page_view', occurredAt: '2026-11-20T11:00:00.000Z', customer: { externalId: '7', email: null }, properties: { path: '/' },
    }]);
    expect(one({}).accepted[0]).toMatchObject({ externalId: expect.stringMatching(/^made-/), occurredAt: '2026-11-20T12:00:00.000Z', customer: null });
  });

  it('are refused one by one, with code and place', () => {
    const { accepted, rejected } = parseEvents([
      { type: 'PageView' }, { type: 'ok' }, { type: 'x', colour: 1 }, {}, { type: 'x', occurredAt: 'soon' }, { type: 'x', properties: { a: 'x'.repeat(17_000) } },
    ], context);
    expect(accepted).toHaveLength(1);
    expect(rejected.map(({ index, code, path }) => [index, code, path])).toEqual([
      [0, 'invalid_field', 'type'], [2, 'unknown_field', 'colour'], [3, 'missing_field', 'type'], [4, 'bad_date', 'occurredAt'], [5, 'invalid_field', 'properties'],
    ]);
  });

  it('are put right by a clock that is off, and never happened after they came', () => {
    const hourFast = { occurredAt: '2026-11-20T12:50:00Z', sentAt: '2026-11-20T13:00:00Z' };
    expect(one(hourFast).accepted[0]?.occurredAt).toBe('2026-11-20T11:50:00.000Z');
    const yearsSlow = { occurredAt: '2001-01-01T00:00:00Z', sentAt: '2001-01-01T00:05:00Z' };
    expect(one(yearsSlow).accepted[0]?.occurredAt).toBe('2026-11-20T11:55:00.000Z');
    // What the sending took is no skew.
    expect(one({ occurredAt: '2026-11-20T11:59:00Z', sentAt: '2026-11-20T11:59:55Z' }).accepted[0]?.occurredAt).toBe('2026-11-20T11:59:00.000Z');
    expect(one({ occurredAt: '2026-11-20T12:30:00Z' }).accepted[0]?.occurredAt).toBe('2026-11-20T12:00:00.000Z');
  });

  it('lose what Postgres cannot keep, and are refused when they are nested without end', () => {
    expect(one({ properties: { 'a\0b': ['x\0y', '\ud800z', '😀'] } }).accepted[0]?.properties).toEqual({ ab: ['xy', 'z', '😀'] });
    const deep: unknown = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`);
    expect(one({ properties: { deep } }).rejected).toMatchObject([{ path: 'properties' }]);
  });
});

describe('events by write key', () => {
  it('say who it is only by identify, as a claim', () => {
    expect(pub({ type: 'identify', customer: { externalId: '7', source: 'shopify' } }).accepted[0]).toMatchObject({ customer: null, claim: { kind: 'shopify', value: '7' } });
    expect(pub({ type: 'identify', customer: { email: 'ada@shop.example' } }).accepted[0]).toMatchObject({ customer: null, claim: { kind: 'email', value: 'hash' } });
    expect(pub({ customer: { externalId: '7' } }).rejected).toMatchObject([{ path: 'customer' }]);
    expect(pub({}).accepted[0]).toMatchObject({ customer: null, claim: null });
  });

  it('cannot pass an identity of ours for a source, name a source of their own, stay without an anonymous id or write history', () => {
    for (const source of ['email', 'anonymous']) expect(pub({ type: 'identify', customer: { externalId: 'x', source } }).rejected).toHaveLength(1);
    expect(pub({ source: 'shopify' }).rejected).toMatchObject([{ code: 'unknown_field' }]);
    expect(pub({ anonymousId: undefined }).rejected).toMatchObject([{ code: 'missing_field' }]);
    expect(pub({ occurredAt: '2026-11-01T00:00:00Z' }).rejected).toMatchObject([{ code: 'bad_date' }]);
  });

  it('keep no e-mail address', () => {
    const input = { type: 'identify', anonymousId: 'a', customer: { email: 'ada@shop.example' } };
    expect(emailsOf([input, input, { type: 'x' }, 5])).toEqual(['ada@shop.example']);
    expect(JSON.stringify(pub(input))).not.toContain('ada@');
  });
});
