/** A customer's events as lines of her timeline: what she did several times in one visit is one line. */

export interface TimedEvent {
  type: string;
  occurredAt: string;
  sessionId: string | null;
  properties: Record<string, unknown>;
}

export interface EventLine {
  type: string;
  /** Of the last of them. */
  at: string;
  count: number;
  /** What they were about, each once, the last first. */
  subjects: string[];
}

/** Without a session, what lies further apart than this is another visit. */
const VISIT_MS = 30 * 60_000;
const SUBJECTS = 5;
/** Properties that usually say what an event was about. */
const TELLING = ['title', 'product', 'name', 'path', 'query', 'subject', 'campaign', 'plan', 'sku'];

/** What an event was about; null when none of its properties says so. */
export function eventSubject(properties: Record<string, unknown>): string | null {
  for (const key of TELLING) {
    const value = properties[key];
    if (typeof value === 'string' && value.trim() !== '') return value.trim().slice(0, 120);
  }
  return null;
}

/**
 * One line for each type and visit.
 * @param events of one customer, newest first
 * @returns newest first
 */
export function eventLines(events: readonly TimedEvent[]): EventLine[] {
  const lines: EventLine[] = [];
  const open = new Map<string, { line: EventLine; sessionId: string | null; first: number }>();
  for (const { type, occurredAt, sessionId, properties } of events) {
    const at = Date.parse(occurredAt);
    let last = open.get(type);
    const isSameVisit = last !== undefined && (sessionId === null ? last.sessionId === null && last.first - at <= VISIT_MS : last.sessionId === sessionId);
    if (last === undefined || !isSameVisit) {
      last = { line: { type, at: occurredAt, count: 0, subjects: [] }, sessionId, first: at };
      open.set(type, last);
      lines.push(last.line);
    }
    last.first = at;
    last.line.count += 1;
    const subject = eventSubject(properties);
    if (subject !== null && last.line.subjects.length < SUBJECTS && !last.line.subjects.includes(subject)) last.line.subjects.push(subject);
  }
  return lines;
}
