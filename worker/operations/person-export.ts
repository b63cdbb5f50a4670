/** Answers a request for somebody's data: everything held about her as one JSON file, read as it is sent. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { readNames } from '#data/erase';
import { PERSON_PARTS, readPersonPage } from '#data/person-export';
import type { Person } from '#data/person-export';
import { answerRequest, readRequest } from '#data/privacy';
import type { PrivacyRequestRow } from '#data/privacy';
import type { TenantContext } from '#worker/ports';
import { actorName, keepDeed } from './audit.ts';
import { tellingTexts } from './erasure.ts';
import { requirePermission } from './permissions.ts';
import { requireState } from './scoring.ts';

export interface PersonFile {
  name: string;
  /** The text of the file, piece by piece. */
  pieces: AsyncGenerator<string>;
}

const uuid = z.uuid();
const FORMAT = 1;

/**
 * The request counts as answered once the whole file was taken, the first time; the file can be made again. That it was
 * asked for is an entry at once. Of somebody who is not known, or was erased, it says that nothing is held.
 * @throws AppError `not_found`, `conflict` for a request that asks for something else
 */
export async function exportPerson(ctx: TenantContext, requestId: string): Promise<PersonFile> {
  requirePermission(ctx, 'privacy:manage');
  const request = uuid.safeParse(requestId).success ? await readRequest(ctx.db, requestId) : null;
  if (request === null) throw new AppError('not_found', 'There is no such request');
  if (request.kind !== 'data_request') throw new AppError('conflict', 'Only a request for somebody’s data is answered with a file');
  const person = await personOf(ctx, request);
  await keepDeed(ctx, { action: 'privacy.exported', target: { kind: 'privacy_request', id: request.id } });
  return { name: `person-${request.id}.json`, pieces: pieces(ctx, request, person) };
}

async function personOf(ctx: TenantContext, { customerId }: PrivacyRequestRow): Promise<Person> {
  if (customerId === null) return { ids: [], texts: [] };
  const known = await readNames(ctx.db, [customerId]);
  return { ids: known.ids, texts: tellingTexts(known.emails, known.identities) };
}

async function* pieces(ctx: TenantContext, request: PrivacyRequestRow, person: Person): AsyncGenerator<string> {
  const { currency, timeZone } = await requireState(ctx);
  const about = {
    format: FORMAT, request: request.id, requestedAt: request.requestedAt, madeAt: ctx.clock.now().toISOString(), isKnown: person.ids.length > 0, currency, timeZone,
    amounts: 'Whole minor units of the currency beside them, else of the currency above: 1250 in EUR is 12.50',
    unread: 'Deliveries and lines of files that could not be read and hold her address or id are named by their place; their text may speak of others',
  };
  yield `{"about": ${JSON.stringify(about)}`;
  const counts: Record<string, number> = {};
  for (const part of PERSON_PARTS) {
    yield `,\n"${part.name}": [`;
    let count = 0;
    for (let after: string | null = null, isFirst = true; person.ids.length > 0 && (isFirst || after !== null); isFirst = false) {
      const page: Awaited<ReturnType<typeof readPersonPage>> = await readPersonPage(ctx.db, part, person, after);
      if (page.rows.length > 0) yield page.rows.map((row, n) => `${count + n === 0 ? '' : ','}\n${JSON.stringify(row)}`).join('');
      count += page.rows.length;
      after = page.next;
    }
    if (count > 0) counts[part.name] = count;
    yield ']';
  }
  yield '\n}\n';
  await answerRequest(ctx.db, request.id, { at: ctx.clock.now().toISOString(), by: actorName(ctx.actor), counts });
  ctx.log.info('privacy.exported', { requestId: request.id, rows: counts });
}
