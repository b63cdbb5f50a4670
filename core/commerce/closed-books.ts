/** Days that are closed: sales dated there are sums, and no record is added to them. */
import type { CanonicalRecord } from './record.ts';

/** The shortest and the longest time, in years, for which a company keeps single sales. */
export const FEWEST_YEARS = 2;
export const MOST_YEARS = 30;

/** Days between a decision, or the last old sale that came in, and the first row that goes. */
export const NOTICE_DAYS = 30;

export interface ClosedBooks {
  /** Local days before this one are closed. */
  before: string;
  /** The instant at which that day begins, ISO 8601 UTC. */
  opensAt: string;
}

/** Why nothing dated `occurredAt` can be taken, for a person; null when it can. */
export function closedReason(occurredAt: string, closed: ClosedBooks | null): string | null {
  if (closed === null || Date.parse(occurredAt) >= Date.parse(closed.opensAt)) return null;
  return `Dated ${occurredAt.slice(0, 10)}: the books are closed before ${closed.before}. Sales that old are kept as sums of their days, so that nothing can be added to them or changed`;
}

/** As `closedReason`, of the first sale or refund among the records that lies in closed days. */
export function closedReasonOf(records: readonly CanonicalRecord[], closed: ClosedBooks | null): string | null {
  if (closed === null) return null;
  for (const record of records) {
    const reason = record.kind === 'order' || record.kind === 'refund' ? closedReason(record.occurredAt, closed) : null;
    if (reason !== null) return reason;
  }
  return null;
}
