/** Single-use links in mails: made, read and kept only as a hash. A link names its company, so no look-up crosses tenants. */
import { DAY_MS } from '#core/calendar/days';
import { insertAccountToken } from '#data/credentials';
import type { TokenPurpose } from '#data/credentials';
import type { TenantDb } from '#data/tenant';
import type { Clock } from '#worker/ports';
import { hexToUuid, randomSecret, sha256, uuidToHex } from './secret-token.ts';

const DAYS: Readonly<Record<TokenPurpose, number>> = { verify_email: 2, reset_password: 1 / 24, change_email: 1 / 24 };
const PAGES: Readonly<Record<TokenPurpose, string>> = { verify_email: 'verify-email', reset_password: 'reset-password', change_email: 'verify-email' };

/** The address to mail; an earlier link of this purpose stops working. */
export async function makeLink(reach: { db: TenantDb; clock: Clock }, origin: string, link: { userId: string; purpose: TokenPurpose; email: string }): Promise<string> {
  const token = `${uuidToHex(reach.db.companyId)}.${randomSecret()}`;
  await insertAccountToken(reach.db, {
    ...link, tokenHash: await sha256(token), expiresAt: new Date(reach.clock.now().getTime() + DAYS[link.purpose] * DAY_MS).toISOString(),
  });
  return `${origin}/${PAGES[link.purpose]}?token=${token}`;
}

/** Whose company a token names, and the hash under which it is kept; null when it is not shaped like one. */
export async function readLink(token: string): Promise<{ companyId: string; tokenHash: string } | null> {
  const match = /^([0-9a-f]{32})\.[A-Za-z0-9_-]{43}$/.exec(token);
  const companyId = match?.[1] === undefined ? null : hexToUuid(match[1]);
  return companyId === null ? null : { companyId, tokenHash: await sha256(token) };
}
