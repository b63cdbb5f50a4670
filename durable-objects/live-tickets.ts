/** Single-use socket tickets: `{companyId}.{secret}`, valid for 30 seconds. The company in front says which hub to ask. */
import { z } from 'zod';

const VALID_MS = 30_000;
const PREFIX = 'ticket:';
const stored = z.object({ userId: z.string(), expiresAt: z.number() });

const shape = /^([A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{32})$/;

export interface TicketParts {
  companyId: string;
  secret: string;
}

/** Null for anything that cannot be a ticket of ours. */
export function parseTicket(ticket: string | null): TicketParts | null {
  const match = ticket === null ? null : shape.exec(ticket);
  const companyId = match?.[1];
  const secret = match?.[2];
  return companyId === undefined || secret === undefined ? null : { companyId, secret };
}

function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
}

export class LiveTickets {
  #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  issue(userId: string, now: number): string {
    const secret = makeSecret();
    this.#kv.put(PREFIX + secret, { userId, expiresAt: now + VALID_MS });
    return secret;
  }

  /** Whose ticket it was; null when unknown, used or too old. */
  redeem(secret: string, now: number): string | null {
    const kept = stored.safeParse(this.#kv.get(PREFIX + secret));
    if (!kept.success) return null;
    this.#kv.delete(PREFIX + secret);
    return kept.data.expiresAt > now ? kept.data.userId : null;
  }

  /** Drops what is too old, and what belongs to `userId`. Answers how many are left. */
  sweep(now: number, userId: string | null = null): number {
    let left = 0;
    for (const [key, value] of [...this.#kv.list({ prefix: PREFIX })]) {
      const kept = stored.safeParse(value);
      if (!kept.success || kept.data.expiresAt <= now || kept.data.userId === userId) this.#kv.delete(key);
      else left += 1;
    }
    return left;
  }
}
