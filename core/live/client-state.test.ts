/** What a browser shows after any order of messages, and what it refuses to read. */
import { describe, expect, it } from 'vitest';
import { emptyAggregates } from './aggregates.ts';
import { applyMessage, initialLiveState, withStatus } from './client-state.ts';
import { parseServerMessage } from './message-schema.ts';
import type { ServerMessage } from './messages.ts';
import { snapshotOf } from './snapshot-of.ts';

const base = snapshotOf(emptyAggregates(), new Date('2026-03-10T12:00:00Z'), () => new Map());
const at = '2026-03-10T12:00:01Z';
const kpi = (seq: number): ServerMessage => ({ type: 'kpi', snapshot: { ...base, epoch: 1, seq }, at });
const change = (id: string, orders: number) =>
  ({ id, name: 'Ada', historicalValue: 1, predictedValue: 2, recencyScore: 1, frequencyScore: 1, monetaryScore: 1, stage: 'new', orders });

describe('live state', () => {
  it('takes newer figures and leaves older ones', () => {
    let state = applyMessage(initialLiveState(), kpi(5));
    state = applyMessage(state, kpi(4));
    expect(state.snapshot?.seq).toBe(5);
    expect(state.lastChangeAt).toBe(at);
  });

  it('takes a snapshot it asked for, also an earlier one', () => {
    const state = applyMessage(applyMessage(initialLiveState(), kpi(5)), { type: 'snapshot', snapshot: { ...base, epoch: 0, seq: 2 } });
    expect(state.snapshot?.seq).toBe(2);
  });

  it('lists changed customers newest first, each once', () => {
    let state = applyMessage(initialLiveState(), { type: 'customer', customers: [change('a', 1), change('b', 1)], at });
    state = applyMessage(state, { type: 'customer', customers: [change('a', 2)], at });
    expect(state.changedCustomers.map(({ id, orders }) => [id, orders])).toEqual([['a', 2], ['b', 1]]);
  });

  it('keeps imports, segments and notifications by id', () => {
    let state = initialLiveState();
    for (const linesRead of [1, 2]) state = applyMessage(state, { type: 'import', importId: 'i', state: 'running', linesRead, linesTotal: 9, rejected: 0 });
    state = applyMessage(state, { type: 'segment', segmentId: 's', count: 4, at });
    for (const title of ['one', 'two']) state = applyMessage(state, { type: 'notification', id: 'n', title, at });
    expect(state.imports['i']).toEqual({ importId: 'i', state: 'running', linesRead: 2, linesTotal: 9, rejected: 0 });
    expect(state.segmentCounts).toEqual({ s: 4 });
    expect(state.notifications).toEqual([{ id: 'n', title: 'two', at }]);
  });

  it('stays away after signing out, and only then', () => {
    const live = withStatus(initialLiveState(), 'live');
    expect(applyMessage(live, { type: 'bye', reason: 'restarting' })).toMatchObject({ status: 'offline', signedOut: false });
    expect(applyMessage(live, { type: 'bye', reason: 'signed_out' })).toMatchObject({ status: 'offline', signedOut: true });
  });

  it('reads every message it is sent back from text, and nothing else', () => {
    const messages: ServerMessage[] = [
      { type: 'snapshot', snapshot: base }, kpi(1), { type: 'customer', customers: [change('a', 1)], at },
      { type: 'segment', segmentId: 's', count: 1, at }, { type: 'import', importId: 'i', state: 'done', linesRead: 1, linesTotal: null, rejected: 0 },
      { type: 'notification', id: 'n', title: 't', at }, { type: 'bye', reason: 'too_slow' },
    ];
    for (const message of messages) expect(parseServerMessage(JSON.stringify(message))).toEqual(message);
    for (const frame of ['pong', '{', '{"type":"kpi"}', '{"type":"gossip"}', JSON.stringify({ type: 'snapshot', snapshot: { ...base, cells: [{}] } })]) {
      expect(parseServerMessage(frame)).toBeNull();
    }
  });
});
