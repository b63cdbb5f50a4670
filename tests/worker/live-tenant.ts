/** A tenant for tests of live figures: made-up customers and days, feeds, and pages that listen on real sockets. */
import { env } from 'cloudflare:workers';
import { expect, vi } from 'vitest';
import { dayNumber, dayText } from '#core/calendar/days';
import { STAGES } from '#core/clv/lifecycle';
import type { CustomerContribution, DayTotals, Feed, Position, TenantClock } from '#core/live/feed';
import { parseServerMessage } from '#core/live/message-schema';
import type { CustomerChange, ServerMessage } from '#core/live/messages';
import { type LiveClient, livePort, openLiveSocket } from '#durable-objects/live-client';

export const TODAY = dayNumber('2026-03-10');
export const CLOCK: TenantClock = { currency: 'EUR', timeZone: 'Europe/Berlin', analysisDate: '2026-03-10', horizonDays: 365 };

export function customer(n: number, change = 0): CustomerContribution {
  const lastDay = TODAY - (n % 400);
  return {
    id: `0191-${String(n).padStart(8, '0')}`, firstDay: dayText(lastDay - (n % 3) * 200), lastDay: dayText(lastDay), purchaseDays: 1 + (n % 4), orders: 1 + (n % 4),
    historicalValue: 1000 + n + change, predictedValue: 500 + n, recencyScore: 1 + (n % 5), frequencyScore: 1 + (n % 4), monetaryScore: 1 + (n % 3),
    stage: STAGES[n % STAGES.length] ?? null, name: `Customer ${n}`,
  };
}

export function day(back: number): DayTotals {
  return { day: dayText(TODAY - back), orders: 2, gross: 3000, refunded: 100, buyers: 2, newCustomers: 1, unattributedOrders: 0, uncountedOrders: 0 };
}

export function feed(from: Position, to: Position, rows: Partial<Feed> = {}): Feed {
  return { from, to, complete: true, clock: CLOCK, customers: [], days: [], ...rows };
}

export function changeOf(n: number): CustomerChange {
  const { id, name, historicalValue, predictedValue, recencyScore, frequencyScore, monetaryScore, stage, orders } = customer(n);
  return { id, name, historicalValue, predictedValue, recencyScore, frequencyScore, monetaryScore, stage, orders };
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

export function tenant(): { companyId: string; live: LiveClient } {
  const companyId = crypto.randomUUID();
  return { companyId, live: livePort(env, companyId) };
}

/** A tenant that is ready and empty. */
export async function readyTenant(): Promise<ReturnType<typeof tenant>> {
  const made = tenant();
  await made.live.apply(feed({ epoch: 0, seq: 0 }, { epoch: 0, seq: 0 }), []);
  return made;
}

/** One open page: its messages with the time they came. */
class Page {
  socket: WebSocket;
  heard: { at: number; message: ServerMessage }[] = [];
  closed: number | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message = parseServerMessage(String(data));
      if (message !== null) this.heard.push({ at: Date.now(), message });
    });
    socket.addEventListener('close', ({ code }) => { this.closed = code; });
    socket.accept();
  }

  of<T extends ServerMessage['type']>(type: T): Extract<ServerMessage, { type: T }>[] {
    return this.heard.map(({ message }) => message).filter((message): message is Extract<ServerMessage, { type: T }> => message.type === type);
  }

  async until(type: ServerMessage['type'], count = 1): Promise<void> {
    await vi.waitFor(() => { expect(this.of(type).length).toBeGreaterThanOrEqual(count); }, { timeout: 5000, interval: 10 });
  }
}

export async function knock(ticket: string): Promise<Response> {
  return await openLiveSocket(env.LIVE_HUB, new Request(`http://localhost/api/v1/live?ticket=${encodeURIComponent(ticket)}`, { headers: { upgrade: 'websocket' } }));
}

export async function open(live: LiveClient, userId = 'u1'): Promise<Page> {
  const response = await knock(await live.issueTicket(userId));
  if (response.webSocket === null) throw new Error(`no socket: ${response.status}`);
  return new Page(response.webSocket);
}
