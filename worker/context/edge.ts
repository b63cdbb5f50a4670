/** What faces (API, pages, webhooks) may reach for one request; context.ts makes it from the environment. */
import type { Device } from '#operations/sessions';
import type { Visitor } from '#operations/visitor';
import type { Actor, TenantContext } from '#worker/ports';
import type { Settings } from './settings.ts';

export interface RateDecision {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Seconds until the window starts anew. */
  resetSeconds: number;
}

export interface Edge {
  requestId: string;
  settings: Settings;
  visitor: Visitor;
  /** Everything of one tenant, as this actor. */
  tenant(companyId: string, actor: Actor): TenantContext;
  /** Takes one of `limit` requests a window from `subject`; exact under concurrency. */
  take(subject: string, limit: number, windowSeconds: number): Promise<RateDecision>;
  /** Hands an upgrade request with `?ticket=` to the live hub of the company that the ticket names. */
  openLiveSocket(request: Request): Promise<Response>;
  /** Counts one attempt at guessing what `subject` protects; the first `free` ones need not wait. */
  attempt(subject: string, free: number): Promise<{ allowed: boolean; waitSeconds: number }>;
  /** The last attempt was good: it does not count, or none does any more. */
  settleAttempt(subject: string, how: 'take_back' | 'clear'): Promise<void>;
  /** Our address as people type it, without a trailing slash: what links in mails begin with. */
  publicOrigin: string;
  /** Where the request comes from, for the list of sessions. */
  device: Device;
  /** @throws AppError `unavailable` when Postgres is away now, or when our role there could see every tenant. */
  checkDatabase(): Promise<void>;
  /** Takes a signed delivery in by the same door as every platform's; only the demo shop writes to itself. */
  deliver(request: Request): Promise<Response>;
  /** Goes on after the answer is sent. */
  later(work: Promise<unknown>): void;
}
