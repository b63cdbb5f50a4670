/** Every message of the live socket, both ways. */
import { z } from 'zod';
import type { Snapshot } from './snapshot.ts';

/** What changed about one customer, enough to refresh a list row or an open profile. */
export interface CustomerChange {
  id: string;
  name: string | null;
  historicalValue: number;
  predictedValue: number;
  recencyScore: number;
  frequencyScore: number;
  monetaryScore: number;
  stage: string | null;
  orders: number;
}

export type ServerMessage =
  | { type: 'snapshot'; snapshot: Snapshot }
  /** Replaces the snapshot: merged broadcasts always carry the newest whole. */
  | { type: 'kpi'; snapshot: Snapshot; at: string }
  | { type: 'customer'; customers: CustomerChange[]; at: string }
  | { type: 'segment'; segmentId: string; count: number; at: string }
  | { type: 'import'; importId: string; state: string; linesRead: number; linesTotal: number | null; rejected: number }
  | { type: 'notification'; id: string; title: string; at: string }
  | { type: 'bye'; reason: 'signed_out' | 'restarting' | 'too_slow' };

export const clientMessage = z.discriminatedUnion('type', [z.object({ type: z.literal('resync') })]);
