/** Who asks little wakes no object; whoever asks more is counted as exactly as if each request had been told. */
import { expect, it } from 'vitest';
import { SlidingWindow } from '#durable-objects/sliding-window';
import { FirstRequests } from './first-requests.ts';

const LIMIT = 100, WINDOW_SECONDS = 60;

/** The object of a subject, and what it was asked to take. */
function objectOf() {
  const window = new SlidingWindow(WINDOW_SECONDS);
  const asked: number[] = [];
  let now = 0;
  return { asked, at: (ms: number) => { now = ms; }, take: async (untold: number) => { asked.push(untold); window.add(now, untold); return window.take(now, LIMIT, 1); } };
}

it('asks nobody for a twentieth of the limit, tells what it let through with the next, and begins anew after a quiet window', async () => {
  const first = new FirstRequests(), object = objectOf();
  const take = (ms: number) => { object.at(ms); return first.take('key:1', { limit: LIMIT, windowSeconds: WINDOW_SECONDS }, new Date(ms), object.take); };
  for (let n = 1; n <= 5; n++) expect(await take(n)).toMatchObject({ allowed: true, limit: LIMIT, remaining: LIMIT - n });
  expect(object.asked).toEqual([]);
  expect((await take(6)).remaining).toBe(94);
  expect((await take(7)).remaining).toBe(93);
  expect(object.asked).toEqual([5, 0]);
  const over = await Promise.all(Array.from({ length: 120 }, () => take(8)));
  expect(over.filter(({ allowed }) => allowed)).toHaveLength(93);
  const told = object.asked.length;
  expect(await take(8 + 63_000)).toMatchObject({ allowed: true, remaining: 99 });
  expect(object.asked).toHaveLength(told);
});

it('lets no more than the limit through in any window, however requests fall, and refuses no more than a second’s worth too many', async () => {
  const first = new FirstRequests(), object = objectOf();
  const passed: number[] = [];
  for (let ms = 0; ms < 900_000; ms += ms % 200_000 < 130_000 ? 410 : 21_700) {
    object.at(ms);
    if ((await first.take('key:1', { limit: LIMIT, windowSeconds: WINDOW_SECONDS }, new Date(ms), object.take)).allowed) passed.push(ms);
  }
  for (const start of passed) expect(passed.filter((at) => at >= start && at < start + WINDOW_SECONDS * 1000).length).toBeLessThanOrEqual(LIMIT);
  expect(passed.length).toBeGreaterThan(900);
});

it('tells again what it could not tell, counts a small limit from the first request on, and each subject for itself', async () => {
  const first = new FirstRequests();
  const asked: number[] = [];
  const answers = async (untold: number) => { asked.push(untold); return { allowed: true, limit: LIMIT, remaining: 1, resetSeconds: 1 }; };
  const take = (subject: string, limit: number, ask: (untold: number) => ReturnType<typeof answers> = answers) => first.take(subject, { limit, windowSeconds: WINDOW_SECONDS }, new Date(0), ask);
  for (let n = 0; n < 5; n++) await take('key:1', LIMIT);
  await expect(take('key:1', LIMIT, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  await take('key:1', LIMIT);
  await take('auth:1', 10);
  await take('key:2', LIMIT);
  expect(asked).toEqual([5, 0]);
});
