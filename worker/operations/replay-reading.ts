/** How a kept payload reads today: by its platform's connector, or as the canonical record that an API call or a file line became. */
import { canonicalRecordSchema } from '#core/commerce/record-schema';
import type { CanonicalRecord } from '#core/commerce/record';
import { AppError } from '#core/errors';
import type { FieldError } from '#core/errors';
import { connectorFor } from '#connectors/registry';
import type { DeadLetterRow } from '#data/dead-letters';

/** What a dead letter's payload would be taken as, or why not and where. */
export interface Reading {
  readable: boolean;
  /** For a person; null when readable. */
  problem: string | null;
  errors: FieldError[];
  records: { kind: CanonicalRecord['kind']; externalId: string; label: string | null }[];
}

type Letter = Pick<DeadLetterRow, 'door' | 'source' | 'topic' | 'headers' | 'payload' | 'edited_payload' | 'received_at'>;

/** @throws AppError `invalid_input` naming what cannot be read. */
export function readLetter(letter: Letter, currency: string): CanonicalRecord[] {
  const body = letter.edited_payload ?? letter.payload;
  if (letter.door === 'api' || letter.door === 'import') return [readRecord(body)];
  const connector = connectorFor(letter.source);
  if (connector === null) throw new AppError('invalid_input', `No connector speaks ${letter.source} any more`);
  return connector.normalise({ topic: letter.topic, headers: letter.headers, body }, { currency, receivedAt: letter.received_at });
}

/** As `readLetter`, telling instead of throwing. */
export function tryReading(letter: Letter, currency: string): Reading {
  try {
    const records = readLetter(letter, currency);
    return { readable: true, problem: null, errors: [], records: records.map(nameOf) };
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    return { readable: false, problem: error.message, errors: error.errors, records: [] };
  }
}

/** A record's name for people. */
export function nameOf(record: CanonicalRecord): Reading['records'][number] {
  return { kind: record.kind, externalId: record.externalId, label: record.kind === 'order' ? record.label : null };
}

function readRecord(body: string): CanonicalRecord {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not JSON', { cause });
  }
  const parsed = canonicalRecordSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, 20).map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
  throw new AppError('invalid_input', `${errors[0]?.path ?? 'record'}: ${errors[0]?.message ?? 'not understood'}`, { errors });
}
