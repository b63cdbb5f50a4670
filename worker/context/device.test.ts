/** A session is named by its device and, at the edge, by its place. */
import { expect, it } from 'vitest';
import { deviceOf } from './device.ts';

it('names agent and place as far as they are known', () => {
  const headers = new Headers({ 'user-agent': 'x'.repeat(400) });
  const cf = { city: 'Berlin', country: 'DE' } as unknown as IncomingRequestCfProperties;
  expect(deviceOf({ headers, cf }, true)).toEqual({ userAgent: 'x'.repeat(300), place: 'Berlin, DE' });
  expect(deviceOf({ headers: new Headers(), cf: { country: 'T1' } }, true)).toEqual({ userAgent: null, place: 'T1' });
  expect(deviceOf({ headers, cf }, false).place).toBeNull();
});
