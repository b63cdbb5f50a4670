/** What a request tells of the device it comes from, for the list of sessions. */
import { z } from 'zod';
import type { Device } from '#operations/sessions';

/** Cloudflare's own; absent on one machine. */
const located = z.object({ city: z.string().optional(), country: z.string().optional() });
const LONGEST_AGENT = 300;

export function deviceOf(request: Request): Device {
  const cf = located.safeParse(request.cf);
  const place = cf.success ? [cf.data.city, cf.data.country].filter((part) => part !== undefined).join(', ') : '';
  return { userAgent: request.headers.get('user-agent')?.slice(0, LONGEST_AGENT) ?? null, place: place === '' ? null : place.slice(0, 120) };
}
