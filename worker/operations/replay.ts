/** Sends dead letters through the pipe again, as they are or as they were mended: exactly once, however often it is asked for. */
import { v7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { claimDeadLetters, openDeadLetterIds, readDeadLetter, settleDeadLetters } from '#data/dead-letters';
import type { DeadLetterRow } from '#data/dead-letters';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { entryOf } from './dead-letters.ts';
import { buryUnits, ingestUnits } from './ingest.ts';
import type { DeadUnit, IngestUnit } from './ingest.ts';
import { requirePermission } from './permissions.ts';
import { nameOf, readLetter } from './replay-reading.ts';
import { requireState } from './scoring.ts';

/** Letters in one call: their payloads are in memory together. */
const MOST = 100;

export interface ReplayOutcome {
  /** Now in the books. */
  replayed: number;
  /** Refused again; each letter's history says why. */
  failed: number;
  /** Resolved before, unknown, or being replayed by somebody else. */
  skipped: number;
  /** More letters fit the filter: ask again. */
  more: boolean;
}

/**
 * One letter.
 * @returns whether it was taken; false when it was refused again
 * @throws AppError `not_found`, `conflict` when it is resolved or being replayed, `unavailable` when Postgres is away: the letter stays open.
 */
export async function replayLetter(ctx: TenantContext, id: string): Promise<boolean> {
  const { replayed, skipped } = await replayLetters(ctx, { ids: [id] });
  if (skipped === 0) return replayed === 1;
  const row = await readDeadLetter(ctx.db, id);
  if (row === null) throw new AppError('not_found', 'There is no such dead letter');
  throw new AppError('conflict', row.resolution === null ? 'This one is being replayed just now' : `This one is ${row.resolution} already`);
}

/** Up to a hundred letters, by their ids or the oldest open ones of a filter. */
export async function replayLetters(ctx: TenantContext, asked: { ids: readonly string[] } | { source: string | null }): Promise<ReplayOutcome> {
  requirePermission(ctx, 'dead_letters:write');
  const found = 'ids' in asked ? [...new Set(asked.ids)] : await openDeadLetterIds(ctx.db, asked.source, MOST + 1);
  if ('ids' in asked && found.length > MOST) throw new AppError('invalid_input', `Replay at most ${String(MOST)} at once`, { errors: [{ path: 'ids', message: `${String(found.length)} ids were sent` }] });
  const ids = found.slice(0, MOST);
  const token = v7();
  const letters = await claimDeadLetters(audited(ctx, { action: 'dead_letters.replayed', detail: { ids } }).db, ids, token);
  if (letters.length === 0) return { replayed: 0, failed: 0, skipped: ids.length, more: false };
  const replayed: { letter: DeadLetterRow; unit: IngestUnit }[] = [];
  try {
    replayed.push(...await take(ctx, await requireState(ctx), letters));
  } finally {
    const at = ctx.clock.now().toISOString();
    await settleDeadLetters(ctx.db, token, replayed.map(({ letter, unit }) => ({
      id: letter.id, became: unit.records.map((record) => ({ ...nameOf(record), source: record.source })), entry: entryOf(ctx, 'replayed'),
    })), at);
  }
  ctx.log.info('dead_letters.replayed', { asked: ids.length, replayed: replayed.length, failed: letters.length - replayed.length });
  return { replayed: replayed.length, failed: letters.length - replayed.length, skipped: ids.length - letters.length, more: found.length > MOST };
}

const uuid = z.uuid();

/** Through the same pipe as the first time. Lines of a file go back under the import that brought them. */
async function take(ctx: TenantContext, state: TenantState, letters: readonly DeadLetterRow[]): Promise<{ letter: DeadLetterRow; unit: IngestUnit }[]> {
  const dead: DeadUnit[] = [];
  const taken: { letter: DeadLetterRow; unit: IngestUnit }[] = [];
  const byImport = new Map<string | null, { letter: DeadLetterRow; unit: IngestUnit }[]>();
  for (const letter of letters) {
    const unit = unitOf(letter);
    try {
      unit.records = readLetter(letter, state.currency);
      const importId = importOf(letter);
      byImport.set(importId, [...(byImport.get(importId) ?? []), { letter, unit }]);
    } catch (error) {
      if (!(error instanceof AppError) || error.retryable) throw error;
      dead.push({ unit, error: error.message });
    }
  }
  for (const [importId, group] of byImport) {
    const refused = new Set((await ingestUnits(ctx, state, group.map(({ unit }) => unit), importId)).dead.map(({ unit }) => unit));
    taken.push(...group.filter(({ unit }) => !refused.has(unit)));
  }
  if (dead.length > 0) await buryUnits(ctx, dead);
  return taken;
}

function importOf({ door, delivery_id: name }: DeadLetterRow): string | null {
  const id = uuid.safeParse(name.split('#')[0]);
  return door === 'import' && id.success ? id.data : null;
}

function unitOf(letter: DeadLetterRow): IngestUnit {
  return {
    records: [], door: doorOf(letter.door), source: letter.source, deliveryId: letter.delivery_id, topic: letter.topic,
    payload: () => letter.payload, headers: letter.headers, receivedAt: letter.received_at,
    place: { queue: `letter:${letter.id}`, ordinal: 1 }, wasRejected: true,
  };
}

/** As `IngestUnit` names them. */
function doorOf(door: string): IngestUnit['door'] {
  return door === 'api' || door === 'import' || door === 'history' ? door : 'webhook';
}
