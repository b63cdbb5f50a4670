/** What a browser knows from the live socket: a pure reducer over server messages. */
import { assertNever } from '../errors.ts';
import type { CustomerChange, ServerMessage } from './messages.ts';
import { type Snapshot, isOlder } from './snapshot.ts';

export type LiveStatus = 'connecting' | 'live' | 'offline';

export interface ImportProgress {
  importId: string;
  state: string;
  linesRead: number;
  linesTotal: number | null;
  rejected: number;
}

export interface LiveNotification {
  id: string;
  title: string;
  at: string;
}

export interface LiveState {
  status: LiveStatus;
  snapshot: Snapshot | null;
  /** ISO 8601 of the last change shown; null before any. */
  lastChangeAt: string | null;
  /** The newest first, each customer once. */
  changedCustomers: CustomerChange[];
  /** By import id. */
  imports: Readonly<Record<string, ImportProgress>>;
  /** Customers by segment id. */
  segmentCounts: Readonly<Record<string, number>>;
  /** The newest first. */
  notifications: LiveNotification[];
  /** The server said goodbye for good: do not connect again. */
  signedOut: boolean;
}

const KEEP_CUSTOMERS = 200;
const KEEP_NOTIFICATIONS = 50;

/** @param snapshot what the page was rendered with, so that nothing flickers while the socket opens */
export function initialLiveState(snapshot: Snapshot | null = null): LiveState {
  return {
    status: 'connecting',
    snapshot,
    lastChangeAt: snapshot?.updatedAt ?? null,
    changedCustomers: [],
    imports: {},
    segmentCounts: {},
    notifications: [],
    signedOut: false,
  };
}

function withSnapshot(state: LiveState, next: Snapshot, changedAt: string | null): LiveState {
  if (state.snapshot !== null && isOlder(next, state.snapshot)) return state;
  return { ...state, snapshot: next, lastChangeAt: changedAt ?? state.lastChangeAt };
}

function withCustomers(known: CustomerChange[], changed: CustomerChange[]): CustomerChange[] {
  const ids = new Set(changed.map((customer) => customer.id));
  const newestFirst = [...changed].reverse();
  return [...newestFirst, ...known.filter((customer) => !ids.has(customer.id))].slice(0, KEEP_CUSTOMERS);
}

export function withStatus(state: LiveState, status: LiveStatus): LiveState {
  return state.status === status ? state : { ...state, status };
}

/** The state after one message. Repeated or late messages change nothing they should not. */
export function applyMessage(state: LiveState, message: ServerMessage): LiveState {
  switch (message.type) {
    case 'snapshot':
      // Asked for, so it is taken even when it is older: the object may have been built anew.
      return { ...state, snapshot: message.snapshot, lastChangeAt: message.snapshot.updatedAt ?? state.lastChangeAt };
    case 'kpi':
      return withSnapshot(state, message.snapshot, message.at);
    case 'customer':
      return { ...state, changedCustomers: withCustomers(state.changedCustomers, message.customers), lastChangeAt: message.at };
    case 'segment':
      return { ...state, segmentCounts: { ...state.segmentCounts, [message.segmentId]: message.count }, lastChangeAt: message.at };
    case 'import': {
      const { importId, state: phase, linesRead, linesTotal, rejected } = message;
      return { ...state, imports: { ...state.imports, [importId]: { importId, state: phase, linesRead, linesTotal, rejected } } };
    }
    case 'notification': {
      const { id, title, at } = message;
      const others = state.notifications.filter((known) => known.id !== id);
      return { ...state, notifications: [{ id, title, at }, ...others].slice(0, KEEP_NOTIFICATIONS) };
    }
    case 'bye':
      return { ...state, status: 'offline', signedOut: state.signedOut || message.reason === 'signed_out' };
    default:
      return assertNever(message);
  }
}
