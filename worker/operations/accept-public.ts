/** Taking events in from browsers by write key: judged one by one, written to the source's own inbox. Postgres is not needed. */
import { v7 as uuidv7 } from 'uuid';
import { emailsOf, parsePublicEvents } from '#core/commerce/event-input';
import { AppError } from '#core/errors';
import { deliveriesOf, MAX_BATCH } from './accept.ts';
import type { Receipt } from './accept.ts';
import { companyFacts } from './company-access.ts';
import { sourceOwner } from './event-sources.ts';
import type { PublicSource, Visitor } from './visitor.ts';

/** Under which source the events of a site stand. */
export function siteSource(sourceId: string): string {
  return `site:${sourceId}`;
}

/**
 * E-mail addresses are hashed here and go no further.
 * @throws AppError `invalid_input` when it is no batch.
 */
export async function acceptPublicEvents(visitor: Visitor, source: PublicSource, events: readonly unknown[]): Promise<Omit<Receipt, 'batchId'>> {
  if (events.length === 0 || events.length > MAX_BATCH) {
    throw new AppError('invalid_input', `Send one event or an array of up to ${String(MAX_BATCH)}; this has ${String(events.length)}`);
  }
  const facts = await companyFacts(visitor, source.companyId);
  if (facts === null) throw new AppError('not_found', 'There is no such company');
  const now = visitor.clock.now();
  const hashes = new Map(await Promise.all(emailsOf(events).map(async (email): Promise<[string, string]> => [email, await visitor.keys.identityHash(email)])));
  const { accepted, rejected } = parsePublicEvents(events, {
    source: siteSource(source.sourceId), currency: facts.currency, timeZone: facts.timeZone, now, makeId: uuidv7,
  }, hashes);
  if (accepted.length > 0) await visitor.inbox.append(sourceOwner(source.companyId, source.sourceId), deliveriesOf(uuidv7(), 'events/site', accepted, now));
  return { accepted: accepted.length, rejected };
}
