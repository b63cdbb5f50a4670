/** Which fields a payload has and of what kind, without any of its values; and what changed about them. */

export interface FieldKind {
  /** `line_items[].sku`; '' is the payload itself. */
  path: string;
  kind: 'string' | 'number' | 'boolean' | 'object' | 'array' | 'null';
}

const DEEPEST = 6;
const MOST = 300;
const ITEMS = 20;
/** Names made of data (ids, dates, hashes) instead of by a programmer stand for one field. */
const MADE_OF_DATA = /^\d+$|\d{4,}|^[0-9a-f-]{16,}$/i;

/** At most 300 fields, each kind of each once, '' first. */
export function shapeOf(payload: unknown): FieldKind[] {
  const found = new Map<string, FieldKind>();
  const walk = (value: unknown, path: string, depth: number): void => {
    if (found.size >= MOST || path.length > 200) return;
    const kind = kindOf(value);
    found.set(`${path} ${kind}`, { path, kind });
    if (depth >= DEEPEST) return;
    if (Array.isArray(value)) for (const item of value.slice(0, ITEMS)) walk(item, `${path}[]`, depth + 1);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        const field = MADE_OF_DATA.test(name) ? '*' : name;
        walk(inner, path === '' ? field : `${path}.${field}`, depth + 1);
      }
    }
  };
  walk(payload, '', 0);
  return [...found.values()];
}

function kindOf(value: unknown): FieldKind['kind'] {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string': return 'string';
    case 'boolean': return 'boolean';
    case 'number':
    case 'bigint': return 'number';
    default: return 'object';
  }
}

/** A field's record over the samples of its topic. */
export interface FieldRecord {
  source: string;
  topic: string;
  path: string;
  kinds: string;
  kindsBefore: string | null;
  kindsChangedAt: string | null;
  firstSeen: string;
  /** Samples with it, and samples without it since it was last there. */
  seen: number;
  missed: number;
}

export interface Drift {
  source: string;
  topic: string;
  path: string;
  change: 'new' | 'vanished' | 'kind';
  /** For people: "string" or "number → string". */
  kinds: string;
}

/** Samples of a topic before anything about it is news. */
const KNOWN_SAMPLES = 20;
const NEWS_MS = 7 * 86_400_000;
/** Chance that a field which comes and goes stayed away so long. */
const VANISHED = 1e-4;

/** What changed within a week, in the samples of each topic. */
export function driftOf(records: readonly FieldRecord[], now: Date): Drift[] {
  const topics = new Map(records.filter((r) => r.path === '').map((r) => [`${r.source} ${r.topic}`, r]));
  return records.flatMap((record): Drift[] => {
    const topic = topics.get(`${record.source} ${record.topic}`);
    if (record.path === '' || topic === undefined || topic.seen < KNOWN_SAMPLES) return [];
    const { source, topic: name, path, kinds } = record;
    const isNews = (at: string): boolean => now.getTime() - Date.parse(at) < NEWS_MS;
    if (record.kindsChangedAt !== null && record.kindsBefore !== null && isNews(record.kindsChangedAt) && record.seen >= KNOWN_SAMPLES) {
      return [{ source, topic: name, path, change: 'kind', kinds: `${words(record.kindsBefore)} → ${words(kinds)}` }];
    }
    if (isGone(record, topic)) return [{ source, topic: name, path, change: 'vanished', kinds: words(kinds) }];
    // Known for long before the field came: a field that is just rare comes late as well, so it must stay.
    const samplesSince = record.seen + record.missed;
    if (isNews(record.firstSeen) && Date.parse(record.firstSeen) - Date.parse(topic.firstSeen) > NEWS_MS / 7
      && topic.seen - samplesSince >= KNOWN_SAMPLES && record.seen >= 3 && record.seen > 4 * record.missed) {
      return [{ source, topic: name, path, change: 'new', kinds: words(kinds) }];
    }
    return [];
  });
}

/** Parts of something gone are gone with it; only the whole is told. */
export function withoutParts(drift: readonly Drift[]): Drift[] {
  return drift.filter((one) => !drift.some((other) => other !== one && other.source === one.source && other.topic === one.topic && other.change === one.change
    && (one.path.startsWith(`${other.path}.`) || one.path.startsWith(`${other.path}[]`))));
}

function isGone(record: FieldRecord, topic: FieldRecord): boolean {
  if (record.seen < KNOWN_SAMPLES || record.missed < KNOWN_SAMPLES / 4) return false;
  const presence = Math.min(0.99, record.seen / Math.max(record.seen, topic.seen - record.missed));
  return (1 - presence) ** record.missed < VANISHED;
}

const words = (kinds: string): string => kinds.split('|').filter((kind) => kind !== 'null').join(' or ') || 'nothing';

/** Kinds joined as they are kept: each once, in order of the alphabet. */
export function joinKinds(kinds: readonly string[]): string {
  return [...new Set(kinds)].sort().join('|');
}
