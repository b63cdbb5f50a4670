/** Records that no retry could save, with what was wrong: listed until somebody mends them. */
import type { DeadLetterRow } from '#data/dead-letters';
import { listOpenDeadLetters } from '#data/dead-letters';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';

const LARGEST_PAGE = 200;

export interface DeadLetterView {
  id: string;
  /** Where it came in: webhook, api or import. */
  door: string;
  source: string;
  deliveryId: string;
  topic: string;
  payload: string;
  error: string;
  history: { at: string; error: string }[];
  receivedAt: string;
  createdAt: string;
}

/** Open ones, newest first. */
export async function listDeadLetters(ctx: TenantContext, page: { limit?: number } = {}): Promise<DeadLetterView[]> {
  requirePermission(ctx, 'dead_letters:read');
  return (await listOpenDeadLetters(ctx.db, Math.min(page.limit ?? LARGEST_PAGE, LARGEST_PAGE))).map(viewOf);
}

function viewOf(row: DeadLetterRow): DeadLetterView {
  const { id, door, source, topic, payload, error, history } = row;
  return { id, door, source, topic, payload, error, history, deliveryId: row.delivery_id, receivedAt: row.received_at, createdAt: row.created_at };
}
