/** The rate limiter is exact under concurrency, over evictions and at the end of its window. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RateLimiter } from '#durable-objects/rate-limiter';
import { attempt, rateLimit, settleAttempt } from '#durable-objects/rate-limiter-client';

afterEach(() => {
  vi.useRealTimers();
});

describe('rate limiter', () => {
  const rule = { limit: 100, windowSeconds: 60 };
  const someone = (): string => `user:${crypto.randomUUID()}`;

  it('lets exactly the limit of 500 concurrent requests through', async () => {
    const subject = someone();
    const results = await Promise.all(Array.from({ length: 500 }, () => rateLimit(env.RATE_LIMITER, subject, rule)));
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(100);
    expect(results.filter(({ allowed }) => !allowed).every(({ remaining, resetSeconds }) => remaining === 0 && resetSeconds > 0 && resetSeconds <= 61)).toBe(true);
  });

  it('counts on after an eviction within the window', async () => {
    const subject = someone();
    await Promise.all(Array.from({ length: 60 }, () => rateLimit(env.RATE_LIMITER, subject, rule)));
    // The count is written behind, a fifth of a second later at most.
    await new Promise((done) => setTimeout(done, 300));
    await evictDurableObject(env.RATE_LIMITER.getByName(subject));
    const results = await Promise.all(Array.from({ length: 100 }, () => rateLimit(env.RATE_LIMITER, subject, rule)));
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(40);
  });

  it('writes nothing for who stays far from the limit', async () => {
    const subject = someone();
    await rateLimit(env.RATE_LIMITER, subject, { ...rule, cost: 9 });
    await new Promise((done) => setTimeout(done, 300));
    const kept = (): Promise<number> => runInDurableObject(env.RATE_LIMITER.getByName(subject), async (_instance: RateLimiter, state) => (await state.storage.list()).size);
    expect(await kept()).toBe(0);
    await rateLimit(env.RATE_LIMITER, subject, rule);
    await new Promise((done) => setTimeout(done, 300));
    expect(await kept()).toBe(1);
  });

  it('gives back after the window, and then goes away by itself', async () => {
    const subject = someone();
    expect(await rateLimit(env.RATE_LIMITER, subject, { ...rule, cost: 100 })).toMatchObject({ allowed: true, remaining: 0 });
    expect(await rateLimit(env.RATE_LIMITER, subject, rule)).toMatchObject({ allowed: false });
    await new Promise((done) => setTimeout(done, 300));
    const stub = env.RATE_LIMITER.getByName(subject);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await rateLimit(env.RATE_LIMITER, subject, rule)).toMatchObject({ allowed: false });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 62_000 });
    expect(await rateLimit(env.RATE_LIMITER, subject, { ...rule, cost: 0 })).toMatchObject({ allowed: true, remaining: 100 });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    await runInDurableObject(stub, async (_instance: RateLimiter, state) => {
      expect((await state.storage.list()).size).toBe(0);
      expect(await state.storage.getAlarm()).toBeNull();
    });
  });

  it('forgets guesses an hour after the last one, and keeps nothing of them', async () => {
    const subject = `guess:password:${crypto.randomUUID()}`;
    const stub = env.RATE_LIMITER.getByName(subject);
    const kept = (): Promise<number> => runInDurableObject(stub, async (_instance: RateLimiter, state) => (await state.storage.list()).size);
    for (let n = 0; n < 4; n++) await attempt(env.RATE_LIMITER, subject, 3);
    expect(await attempt(env.RATE_LIMITER, subject, 3)).toMatchObject({ allowed: false });
    expect(await kept()).toBe(1);
    // Too early: it stays, also over an eviction, and the alarm is set anew.
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    await evictDurableObject(stub);
    expect(await attempt(env.RATE_LIMITER, subject, 3)).toMatchObject({ allowed: false });
    expect(await kept()).toBe(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61 * 60_000 });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await kept()).toBe(0);
    expect(await runInDurableObject(stub, async (_instance: RateLimiter, state) => await state.storage.getAlarm())).toBeNull();
    expect(await attempt(env.RATE_LIMITER, subject, 3)).toEqual({ allowed: true, waitSeconds: 0 });
    await runDurableObjectAlarm(stub);
  });

  it('keeps nothing of guesses that ended well once its alarm has rung', async () => {
    const subject = `guess:password:${crypto.randomUUID()}`;
    await attempt(env.RATE_LIMITER, subject, 3);
    await settleAttempt(env.RATE_LIMITER, subject, 'clear');
    const stub = env.RATE_LIMITER.getByName(subject);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await runInDurableObject(stub, async (_instance: RateLimiter, state) => (await state.storage.list()).size)).toBe(0);
  });
});
