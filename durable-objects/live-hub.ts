/**
 * The open pages of one tenant: hibernating sockets that are sent what changed, merged to at most four messages a second.
 * The hub knows no figures: a page that joins or asks again gets a snapshot from the tenant's aggregates.
 */
import { DurableObject } from 'cloudflare:workers';
import { z } from 'zod';
import { type ServerMessage, clientMessage } from '#core/live/messages';
import { Outbox } from '#core/live/outbox';
import { type Snapshot, isOlder } from '#core/live/snapshot';
import { LiveTickets, parseTicket } from './live-tickets.ts';

/** What the hub needs of the aggregates; named apart so that the two classes do not import each other. */
export interface SnapshotSource extends Rpc.DurableObjectBranded {
  /** What pages show now; from here on the hub is told of every change while it has pages. */
  watch(companyId: string): Snapshot;
}

export interface HubEnv {
  TENANT_AGGREGATES: DurableObjectNamespace<SnapshotSource>;
}

const OWN_SNAPSHOT_EVERY_MS = 1000;
/** A page pings every 25 s (a hidden one at least every minute). */
const SILENT_MS = 180_000;
const SWEEP_EVERY_MS = 60_000;
const ALARM_EVERY_MS = 300_000;
const MAX_SOCKETS = 20_000;
const MAX_CLIENT_MESSAGE = 1000;
const CLOSE = { restarting: 1012, signed_out: 4001, too_slow: 4008 } as const;

const attachment = z.object({ companyId: z.string(), joinedAt: z.number() });
const OPEN = 1;

function problem(status: number, code: string, title: string): Response {
  return Response.json({ type: 'about:blank', status, code, title }, { status, headers: { 'content-type': 'application/problem+json' } });
}

export class LiveHub extends DurableObject<HubEnv> {
  #tickets: LiveTickets;
  #outbox = new Outbox();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #wantSnapshot = new Set<WebSocket>();
  #ownSnapshotAt = new WeakMap<WebSocket, number>();
  #asking: { since: number; answer: Promise<Snapshot> } | null = null;
  #latest: { at: number; snapshot: Snapshot } | null = null;
  #sweptAt = 0;
  #alarmArmed = false;

  constructor(ctx: DurableObjectState, env: HubEnv) {
    super(ctx, env);
    this.#tickets = new LiveTickets(ctx.storage.kv);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  issueTicket(companyId: string, holder: string): string {
    const secret = this.#tickets.issue(holder, Date.now());
    this.#arm(SWEEP_EVERY_MS);
    return `${companyId}.${secret}`;
  }

  override fetch(request: Request): Response {
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return problem(426, 'invalid_input', 'This address speaks WebSocket.');
    const ticket = parseTicket(new URL(request.url).searchParams.get('ticket'));
    const now = Date.now();
    const holder = ticket === null ? null : this.#tickets.redeem(ticket.secret, now);
    if (ticket === null || holder === null) return problem(401, 'unauthenticated', 'The ticket is unknown, used or older than 30 seconds.');
    if (this.ctx.getWebSockets().length >= MAX_SOCKETS) return problem(503, 'unavailable', 'Too many pages are open.');
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [`holder:${holder}`]);
    server.serializeAttachment({ companyId: ticket.companyId, joinedAt: now });
    this.#arm(ALARM_EVERY_MS);
    this.ctx.waitUntil(this.#sendSnapshot(server, ticket.companyId));
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    if (typeof data !== 'string' || data.length > MAX_CLIENT_MESSAGE) {
      socket.close(1009, 'too long');
      return;
    }
    const message = clientMessage.safeParse(parseJson(data));
    if (!message.success) return;
    this.#wantSnapshot.add(socket);
    this.#pump();
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#drop(socket, code === 1005 || code === 1006 ? 1000 : code, 'closed');
  }

  override webSocketError(socket: WebSocket): void {
    this.#drop(socket, 1011, 'error');
  }

  /**
   * Sends to every open page, merged with what is waiting. Nobody there: nothing is kept, who comes gets a snapshot.
   * @returns whether anybody hears it, now or once the answer to `watch` is here
   */
  publish(messages: ServerMessage[]): boolean {
    const now = Date.now();
    for (const message of messages) {
      if (message.type === 'kpi') this.#latest = { at: now, snapshot: message.snapshot };
    }
    if (this.ctx.getWebSockets().length === 0) return this.#asking !== null;
    for (const message of messages) this.#outbox.add(message);
    this.#sweepSockets(now);
    this.#pump();
    return true;
  }

  /** The holder signed out or lost access: closes the sockets, voids the tickets. */
  disconnect(holder: string): void {
    this.#tickets.sweep(Date.now(), holder);
    for (const socket of this.ctx.getWebSockets(`holder:${holder}`)) this.#bye(socket, 'signed_out');
  }

  override async alarm(): Promise<void> {
    this.#alarmArmed = false;
    try {
      this.#sweepSockets(Date.now());
    } finally {
      const tickets = this.#tickets.sweep(Date.now());
      if (tickets > 0) this.#arm(SWEEP_EVERY_MS);
      else if (this.ctx.getWebSockets().length > 0) this.#arm(ALARM_EVERY_MS);
    }
  }

  /** Sends what may leave now and comes back when the next may. */
  #pump(): void {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
    const now = Date.now();
    const snapshotsIn = this.#serveSnapshots(now);
    for (let message = this.#outbox.take(now); message !== null; message = this.#outbox.take(now)) {
      const frame = JSON.stringify(message);
      for (const socket of this.ctx.getWebSockets()) this.#send(socket, frame);
    }
    const next = Math.min(this.#outbox.waitFor(now) ?? Number.POSITIVE_INFINITY, snapshotsIn);
    if (Number.isFinite(next)) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#pump();
      }, Math.max(1, next));
    }
  }

  /** Milliseconds until the next asked snapshot may be sent, infinite when none is waiting. */
  #serveSnapshots(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const socket of this.#wantSnapshot) {
      const since = this.#ownSnapshotAt.get(socket);
      const ownWait = since === undefined ? 0 : since + OWN_SNAPSHOT_EVERY_MS - now;
      const wait = ownWait > 0 ? ownWait : this.#outbox.reserveDirect(now);
      if (wait > 0) {
        next = Math.min(next, wait);
        continue;
      }
      this.#wantSnapshot.delete(socket);
      const known = attachment.safeParse(socket.deserializeAttachment());
      if (known.success) this.ctx.waitUntil(this.#sendSnapshot(socket, known.data.companyId));
    }
    return next;
  }

  async #sendSnapshot(socket: WebSocket, companyId: string): Promise<void> {
    const note = (): void => {
      this.#outbox.noteDirect(Date.now());
      this.#ownSnapshotAt.set(socket, Date.now());
    };
    note();
    try {
      const snapshot = await this.#snapshot(companyId);
      note();
      this.#send(socket, JSON.stringify({ type: 'snapshot', snapshot } satisfies ServerMessage));
    } catch (error) {
      console.warn(JSON.stringify({ event: 'live_snapshot_failed', companyId, message: String(error) }));
      this.#bye(socket, 'restarting');
    }
  }

  /** A thousand pages that come back at once ask once. What was published since the question is newer than the answer. */
  async #snapshot(companyId: string): Promise<Snapshot> {
    const asking = this.#asking ?? { since: Date.now(), answer: this.#ask(companyId) };
    this.#asking = asking;
    try {
      const snapshot = await asking.answer;
      const latest = this.#latest;
      return latest !== null && latest.at >= asking.since && isOlder(snapshot, latest.snapshot) ? latest.snapshot : snapshot;
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  async #ask(companyId: string): Promise<Snapshot> {
    return await this.env.TENANT_AGGREGATES.getByName(companyId).watch(companyId);
  }

  #send(socket: WebSocket, frame: string): void {
    if (socket.readyState !== OPEN) return;
    try {
      socket.send(frame);
    } catch {
      this.#drop(socket, 1011, 'not reachable');
    }
  }

  /** Pages that have not pinged for minutes are gone or asleep; they come back by themselves. */
  #sweepSockets(now: number): void {
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = now;
    for (const socket of this.ctx.getWebSockets()) {
      const known = attachment.safeParse(socket.deserializeAttachment());
      const heard = Math.max(known.success ? known.data.joinedAt : 0, this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0);
      if (now - heard > SILENT_MS) this.#bye(socket, 'too_slow');
    }
  }

  #bye(socket: WebSocket, reason: 'signed_out' | 'restarting' | 'too_slow'): void {
    this.#send(socket, JSON.stringify({ type: 'bye', reason } satisfies ServerMessage));
    this.#drop(socket, CLOSE[reason], reason);
  }

  #drop(socket: WebSocket, code: number, reason: string): void {
    this.#wantSnapshot.delete(socket);
    try {
      socket.close(code, reason);
    } catch {
      // Closed already: that is what was wanted.
    }
  }

  #arm(inMs: number): void {
    if (this.#alarmArmed) return;
    this.#alarmArmed = true;
    void this.ctx.storage.setAlarm(Date.now() + inMs);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
