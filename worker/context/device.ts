/** What a request tells of the device it comes from, for the list of sessions. */
import { z } from 'zod';
import type { Device } from '#operations/sessions';

const located = z.object({ city: z.string().optional(), country: z.string().optional() });
const LONGEST_AGENT = 300;

/** @param isAtEdge elsewhere the place is the emulator's invention */
export function deviceOf(request: Pick<Request, 'cf' | 'headers'>, isAtEdge: boolean): Device {
  const cf = located.safeParse(isAtEdge ? request.cf : null);
  const place = cf.success ? [cf.data.city, cf.data.country].filter((part) => part !== undefined).join(', ') : '';
  return { userAgent: request.headers.get('user-agent')?.slice(0, LONGEST_AGENT) ?? null, place: place === '' ? null : place.slice(0, 120) };
}
