/** The browser's connection against a real socket server: tickets, coming back, and staying away. */
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { emptyAggregates } from '#core/live/aggregates';
import type { ServerMessage } from '#core/live/messages';
import { snapshotOf } from '#core/live/snapshot-of';
import { LiveConnection } from './live-connection.ts';

const snapshot = snapshotOf(emptyAggregates(), new Date('2026-03-10T12:00:00Z'), () => new Map());

let server: Server;
let sockets: ServerSocket[];
let tickets: string[];
let ticketStatus: number;
let stop: () => void;
let connection: LiveConnection;

const say = (socket: ServerSocket | undefined, message: ServerMessage): void => { socket?.send(JSON.stringify(message)); };

beforeEach(async () => {
  sockets = [];
  tickets = [];
  ticketStatus = 200;
  server = createServer((request, response) => {
    const asked = request.method === 'POST' && request.url === '/api/v1/live/tickets' && request.headers['x-requested-with'] === 'perennial';
    response.writeHead(asked ? ticketStatus : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ticket: `t${tickets.length}` }));
  });
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    tickets.push(request.url ?? '');
    sockets.push(socket);
    say(socket, { type: 'snapshot', snapshot });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  vi.stubGlobal('window', Object.assign(new EventTarget(), { location: new URL(origin) }));
  const realFetch = globalThis.fetch;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => realFetch(origin + path, init));
  connection = new LiveConnection();
  stop = connection.subscribe(() => undefined);
});

afterEach(async () => {
  stop();
  for (const socket of sockets) socket.terminate();
  vi.unstubAllGlobals();
  await new Promise((done) => server.close(done));
});

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5000, interval: 10 });

it('connects with a ticket and shows what it is told', async () => {
  await until(() => { expect(connection.getState().status).toBe('live'); });
  expect(tickets).toEqual(['/api/v1/live?ticket=t0']);
  say(sockets[0], { type: 'kpi', snapshot: { ...snapshot, seq: 4 }, at: '2026-03-10T12:00:01Z' });
  await until(() => { expect(connection.getState().snapshot?.seq).toBe(4); });
  expect(connection.getState().lastChangeAt).toBe('2026-03-10T12:00:01Z');
});

it('comes back with another ticket when the connection is lost', async () => {
  await until(() => { expect(connection.getState().status).toBe('live'); });
  sockets[0]?.terminate();
  await until(() => { expect(connection.getState().status).toBe('offline'); });
  await until(() => { expect(connection.getState().status).toBe('live'); });
  expect(tickets).toEqual(['/api/v1/live?ticket=t0', '/api/v1/live?ticket=t1']);
});

it('stays away once signed out', async () => {
  await until(() => { expect(connection.getState().status).toBe('live'); });
  say(sockets[0], { type: 'bye', reason: 'signed_out' });
  sockets[0]?.close(4001);
  await until(() => { expect(connection.getState()).toMatchObject({ status: 'offline', signedOut: true }); });
  await new Promise((done) => setTimeout(done, 900));
  expect(tickets).toHaveLength(1);
});

it('stays away when it gets no ticket for want of a session, and keeps trying when the server is in trouble', async () => {
  await until(() => { expect(connection.getState().status).toBe('live'); });
  ticketStatus = 503;
  sockets[0]?.terminate();
  await until(() => { expect(connection.getState().status).toBe('offline'); });
  await new Promise((done) => setTimeout(done, 700));
  expect(connection.getState().signedOut).toBe(false);
  ticketStatus = 401;
  await until(() => { expect(connection.getState().signedOut).toBe(true); });
  expect(tickets).toHaveLength(1);
});
