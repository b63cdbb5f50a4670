/**
 * Merges what is waiting for a tenant's sockets and paces it: one socket gets at most four messages in any second.
 *
 * The first two after a quiet second leave at once (the figures and the customer of one order); after that they are
 * spread a quarter of a second apart, the longest waiting first, each carrying the newest of what was merged into it.
 * A snapshot sent to one socket (it joined, or asked for one) is that socket's own message: while there was one in the
 * last second, all get one less.
 */
import { assertNever } from '../errors.ts';
import type { ServerMessage } from './messages.ts';
import { isOlder } from './snapshot.ts';

const MESSAGES_PER_SECOND = 4;
const SECOND = 1000;
const SPREAD = SECOND / MESSAGES_PER_SECOND;
/** Sent without spreading after a quiet second. */
const AT_ONCE = 2;
/** Customers in one message; of more, the latest stay. */
export const MAX_CUSTOMERS = 200;
/** Kinds waiting at once; beyond it the longest waiting goes (thousands of segments cannot queue up). */
const MAX_WAITING = 64;

/** Messages with the same key merge. */
function keyOf(message: ServerMessage): string {
  switch (message.type) {
    case 'snapshot':
    case 'kpi':
      return 'figures';
    case 'customer':
    case 'bye':
      return message.type;
    case 'segment':
      return `segment:${message.segmentId}`;
    case 'import':
      return `import:${message.importId}`;
    case 'notification':
      return `notification:${message.id}`;
    default:
      return assertNever(message);
  }
}

/** The two as one: the newer holds, customers are joined by id. */
export function merge(waiting: ServerMessage, next: ServerMessage): ServerMessage {
  if (waiting.type === 'customer' && next.type === 'customer') {
    const byId = new Map(waiting.customers.map((customer) => [customer.id, customer]));
    for (const customer of next.customers) {
      byId.delete(customer.id);
      byId.set(customer.id, customer);
    }
    return { ...next, customers: [...byId.values()].slice(-MAX_CUSTOMERS) };
  }
  const bothFigures = (waiting.type === 'kpi' || waiting.type === 'snapshot') && (next.type === 'kpi' || next.type === 'snapshot');
  if (bothFigures && isOlder(next.snapshot, waiting.snapshot)) return waiting;
  return next;
}

export class Outbox {
  #waiting = new Map<string, ServerMessage>();
  /** When the last broadcasts left, oldest first, at most MESSAGES_PER_SECOND. */
  #sent: number[] = [];
  #lastDirect = Number.NEGATIVE_INFINITY;
  /** Somebody waits for a snapshot of her own: the broadcasts leave her a place. */
  #directReserved = false;

  get size(): number {
    return this.#waiting.size;
  }

  add(message: ServerMessage): void {
    const key = keyOf(message);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      const clipped = message.type === 'customer' ? { ...message, customers: message.customers.slice(-MAX_CUSTOMERS) } : message;
      this.#waiting.set(key, clipped);
    } else {
      this.#waiting.set(key, merge(waiting, message));
    }
    if (this.#waiting.size > MAX_WAITING) {
      for (const oldest of this.#waiting.keys()) {
        this.#waiting.delete(oldest);
        break;
      }
    }
  }

  /** The next message to broadcast at `now` (milliseconds), or null when none may leave yet or none waits. */
  take(now: number): ServerMessage | null {
    if (this.waitFor(now) !== 0) return null;
    for (const [key, message] of this.#waiting) {
      this.#waiting.delete(key);
      this.#sent.push(now);
      if (this.#sent.length > MESSAGES_PER_SECOND) this.#sent.shift();
      return message;
    }
    return null;
  }

  /** Milliseconds until the next waiting message may leave; null when none waits. */
  waitFor(now: number): number | null {
    return this.#waiting.size === 0 ? null : Math.max(0, this.#freeAt(now) - now);
  }

  /** Asks for a place for a snapshot to one socket that has been listening; milliseconds until it may be sent. */
  reserveDirect(now: number): number {
    this.#directReserved = true;
    return Math.max(0, (this.#sent.at(-MESSAGES_PER_SECOND) ?? Number.NEGATIVE_INFINITY) + SECOND - now);
  }

  /** Notes that some socket was sent a snapshot of its own. */
  noteDirect(now: number): void {
    this.#lastDirect = now;
    this.#directReserved = false;
  }

  #freeAt(now: number): number {
    const sent = this.#sent.filter((at) => now - at < SECOND);
    const direct = this.#directReserved || now - this.#lastDirect < SECOND;
    const allowance = direct ? MESSAGES_PER_SECOND - 1 : MESSAGES_PER_SECOND;
    const last = sent.at(-1);
    if (last === undefined || (sent.length < AT_ONCE && allowance === MESSAGES_PER_SECOND)) return now;
    const spread = last + SPREAD;
    if (sent.length < allowance) return Math.max(now, spread);
    // Full: when the oldest of those that count leaves the second behind.
    const oldest = sent.at(-allowance) ?? last;
    return Math.max(now, spread, oldest + SECOND);
  }
}
