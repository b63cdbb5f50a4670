/** What the doors in say about themselves: what alerts are raised from, and the upper half of the data-quality report. */
import { dayNumber } from '../calendar/days.ts';
import { dayWords } from '../calendar/day-words.ts';
import { sourceName as nameOf } from '../commerce/source-name.ts';
import type { RuleName, RuleStates, Severity } from './alert-rules.ts';
import type { Drift, FieldRecord } from './payload-shape.ts';
import { driftOf, withoutParts } from './payload-shape.ts';
import type { Silence } from './rhythm.ts';
import { judgeSilence, learnRhythm } from './rhythm.ts';
import { count, plural } from './words.ts';

/** One thing worth knowing: what it is, what it means, and where to go. */
export interface Finding {
  /** Null where no alert is raised from it. */
  rule: RuleName | null;
  /** What it is about; one open alert a rule and subject. */
  subject: string;
  severity: Severity;
  title: string;
  /** What it means and what to do. */
  meaning: string;
  /** Where to look or to act. */
  link: { label: string; to: string } | null;
}

const FATES = ['received', 'inserted', 'updated', 'repeated', 'rejected', 'ignored', 'late'] as const;

/** What came in, and what became of it, in records. */
export type InflowCounts = Record<(typeof FATES)[number], number>;

export interface SourceDay extends InflowCounts {
  source: string;
  day: string;
  /** A bit for each hour of the day in which something came. */
  hours: number;
  lastReceivedAt: string;
}

export function totalsOf(days: readonly InflowCounts[]): InflowCounts {
  const totals: InflowCounts = { received: 0, inserted: 0, updated: 0, repeated: 0, rejected: 0, ignored: 0, late: 0 };
  for (const day of days) for (const fate of FATES) totals[fate] += day[fate];
  return totals;
}

export interface InflowFacts {
  now: Date;
  /** Tenant-local. */
  today: string;
  hour: number;
  /** Of the last four months. */
  days: SourceDay[];
  deadLetters: { source: string; open: number; oldestAt: string }[];
  integrations: { id: string; name: string; platform: string; health: { state: string; detail: string } | null }[];
  /** The night that began last, and the last local day whose night is done. */
  night: { state: string; startedAt: string; error: string | null } | null;
  fitFailure: string | null;
  reconciliations: { integrationId: string; name: string; day: string; ours: number; theirs: number }[];
  uncounted: number;
  fields: FieldRecord[];
}

/** Days a rhythm is learned from. */
const RHYTHM_DAYS = 56;
const WEEK = 7;
const NIGHT_HOURS = 6;
/** Sources that come when a person brings them. */
const BY_HAND: ReadonlySet<string> = new Set(['file', 'import']);

/** Names for people; a platform's own where it is connected. */
export function sourceName(source: string, facts: Pick<InflowFacts, 'integrations'>): string {
  const connected = facts.integrations.filter((one) => one.platform === source);
  const [only] = connected;
  if (only !== undefined && connected.length === 1) return only.name;
  return { api: 'Your own systems (API)', file: 'Files', import: 'Files' }[source] ?? nameOf(source);
}

/** How each source's present silence compares with its own rhythm. */
export function silences(facts: InflowFacts, falseAlarmsAYear: number): Map<string, Silence & { since: string }> {
  const now = dayNumber(facts.today) * 24 + facts.hour;
  const found = new Map<string, Silence & { since: string }>();
  for (const source of new Set(facts.days.map((d) => d.source))) {
    const days = facts.days.filter((d) => d.source === source && d.hours !== 0).map((d) => ({ day: dayNumber(d.day), hours: d.hours, at: d.lastReceivedAt }));
    const latest = days.reduce<(typeof days)[number] | null>((a, b) => (a === null || b.day > a.day ? b : a), null);
    if (latest === null || BY_HAND.has(source)) continue;
    const last = latest.day * 24 + 31 - Math.clz32(latest.hours);
    // The day that broke off would make every day look poorer.
    const rhythm = learnRhythm(days.filter((d) => d.day > latest.day - RHYTHM_DAYS), latest.day - 1);
    found.set(source, { ...judgeSilence(rhythm, last, now, falseAlarmsAYear), since: latest.at });
  }
  return found;
}

/** Everything that deserves a word; what a rule is switched off for stays in the report and raises no alert. */
export function inflowFindings(facts: InflowFacts, rules: RuleStates): Finding[] {
  return [...silent(facts, rules), ...platforms(facts), ...refused(facts, rules), ...waiting(facts, rules), ...gaps(facts, rules), ...nights(facts), ...disagreements(facts, rules), ...drifts(facts)];
}

function linkTo(source: string, facts: InflowFacts): Finding['link'] {
  const integration = facts.integrations.find((one) => one.platform === source);
  return integration === undefined ? null : { label: `Open ${integration.name}`, to: `/integrations/${integration.id}` };
}

function silent(facts: InflowFacts, rules: RuleStates): Finding[] {
  return [...silences(facts, rules.silence.settings.falseAlarmsAYear ?? 0.2)].flatMap(([source, silence]): Finding[] => {
    if (silence.state !== 'unusual') return [];
    const name = sourceName(source, facts);
    return [{
      rule: 'silence', subject: source, severity: 'critical', title: `${name}: nothing for ${lasting(silence.hours)}`,
      meaning: `At its usual pace something would have come in about ${plural(Math.max(1, Math.round(silence.expected)), 'hour')} of that time. Sales may be missing from every figure since then: check that the shop is selling and that its webhook is switched on. What it missed can be fetched later and is counted once.`,
      link: linkTo(source, facts),
    }];
  });
}

/** Hours in words. */
export function lasting(hours: number): string {
  return hours < 48 ? plural(hours, 'hour') : plural(Math.floor(hours / 24), 'day');
}

function platforms({ integrations }: InflowFacts): Finding[] {
  return integrations.filter(({ health }) => health?.state === 'disabled' || health?.state === 'missing').map(({ id, name, health }) => ({
    rule: 'webhook_disabled', subject: id, severity: 'critical', title: `${name} has stopped delivering to us`,
    meaning: health?.detail ?? 'Its webhook is off at the platform.', link: { label: `Open ${name}`, to: `/integrations/${id}` },
  }));
}

/** Lines of files are refused one by one where the file is read; each stands with its reason in the list of imports. */
const FILES = 'file';
const LINES_REFUSED = {
  meaning: 'What is refused is in no figure. Each import lists its refused lines with the reason: mend them in the file and bring it again; lines that are known already are not counted twice.',
  link: { label: 'See the refused lines', to: '/import' },
};

function refused(facts: InflowFacts, rules: RuleStates): Finding[] {
  const from = dayNumber(facts.today) - WEEK + 1;
  const { percent = 5, atLeast = 5 } = rules.rejected_share.settings;
  return [...new Set(facts.days.map((d) => d.source))].flatMap((source): Finding[] => {
    const days = facts.days.filter((d) => d.source === source && dayNumber(d.day) >= from);
    const { received, rejected } = totalsOf(days);
    if (rejected < atLeast || rejected * 100 < percent * received) return [];
    return [{
      rule: 'rejected_share', subject: source, severity: 'warning', title: `${sourceName(source, facts)}: ${count(rejected)} of ${plural(received, 'record')} refused in seven days`,
      ...(source === FILES ? LINES_REFUSED : {
        meaning: 'What is refused is in no figure. Usually one thing is wrong with all of them: open one, see where, and replay them once it is mended.',
        link: { label: 'See what was refused', to: `/quality/dead-letters?source=${encodeURIComponent(source)}` },
      }),
    }];
  });
}

function waiting(facts: InflowFacts, rules: RuleStates): Finding[] {
  const patience = (rules.dead_letters.settings.hours ?? 1) * 3_600_000;
  const open = facts.deadLetters.reduce((sum, d) => sum + d.open, 0);
  const oldest = facts.deadLetters.map((d) => d.oldestAt).sort()[0];
  if (oldest === undefined || facts.now.getTime() - Date.parse(oldest) < patience) return [];
  return [{
    rule: 'dead_letters', subject: 'open', severity: 'warning', title: `${plural(open, 'record')} could not be taken and ${open === 1 ? 'waits' : 'wait'} for you`,
    meaning: `Nothing is lost: ${open === 1 ? 'it is' : 'they are'} kept as received. Mend and replay, or set aside.`,
    link: { label: 'Look at them', to: '/quality/dead-letters' },
  }];
}

function gaps({ uncounted }: InflowFacts, rules: RuleStates): Finding[] {
  if (uncounted < (rules.currency_gap.settings.atLeast ?? 1)) return [];
  return [{
    rule: 'currency_gap', subject: 'orders', severity: 'warning', title: `${plural(uncounted, 'order')} of the last 30 days ${uncounted === 1 ? 'is' : 'are'} in a currency without a rate`,
    meaning: uncounted === 1
      ? 'It is kept, but not in revenue or in any customer’s value. With a rate for the currency it counts at once.'
      : 'They are kept, but not in revenue or in any customer’s value. With a rate for the currency they count at once.', link: { label: 'Currencies in settings', to: '/settings' },
  }];
}

function nights({ night, now, fitFailure }: InflowFacts): Finding[] {
  const found: Finding[] = [];
  const isStuck = night?.state === 'running' && now.getTime() - Date.parse(night.startedAt) > NIGHT_HOURS * 3_600_000;
  if (night !== null && (night.state === 'failed' || isStuck)) {
    found.push({
      rule: 'night_failed', subject: 'night', severity: 'warning', title: isStuck ? 'Last night’s recalculation has not ended' : 'Last night’s recalculation failed',
      meaning: `Orders still count as they come; forecasts and stages stand as of the night before. ${night.error ?? 'It can be started again.'}`, link: { label: 'Open nights', to: '/nights' },
    });
  }
  if (fitFailure !== null) {
    found.push({
      rule: 'fit_failed', subject: 'model', severity: 'info', title: 'The forecast could not be refitted', meaning: `The model before it still serves. ${fitFailure}`, link: { label: 'The model in settings', to: '/settings' },
    });
  }
  return found;
}

function disagreements({ reconciliations }: InflowFacts, rules: RuleStates): Finding[] {
  const percent = rules.reconciliation_drift.settings.percent ?? 0.5;
  const byIntegration = new Map<string, InflowFacts['reconciliations']>();
  for (const one of reconciliations) {
    if (Math.abs(one.ours - one.theirs) * 100 > percent * Math.max(Math.abs(one.ours), Math.abs(one.theirs))) byIntegration.set(one.integrationId, [...(byIntegration.get(one.integrationId) ?? []), one]);
  }
  return [...byIntegration].map(([id, days]) => ({
    rule: 'reconciliation_drift', subject: id, severity: 'warning',
    title: `${days[0]?.name ?? 'A platform'} and we disagree on ${days.length === 1 ? `one day (${days.map(({ day }) => dayWords(day)).join('')})` : `${days.length} days of the last week`}`,
    meaning: 'The comparison lists what is missing or different, order by order.', link: { label: 'See the comparison', to: `/integrations/${id}` },
  }));
}

const CHANGES: Readonly<Record<Drift['change'], (d: Drift) => string>> = {
  new: (d) => `${d.path} is new`, vanished: (d) => `${d.path} is gone`, kind: (d) => `${d.path} changed: ${d.kinds}`,
};

function drifts(facts: InflowFacts): Finding[] {
  const byTopic = new Map<string, Drift[]>();
  for (const one of withoutParts(driftOf(facts.fields, facts.now))) {
    const key = `${one.source} ${one.topic}`;
    byTopic.set(key, [...(byTopic.get(key) ?? []), one]);
  }
  return [...byTopic.values()].flatMap((drift): Finding[] => {
    const [first] = drift;
    if (first === undefined) return [];
    const serious = drift.some((d) => d.change !== 'new');
    return [{
      rule: 'schema_drift', subject: `${first.source}:${first.topic}`, severity: serious ? 'warning' : 'info',
      title: `${sourceName(first.source, facts)} changed what it sends with ${first.topic}`,
      meaning: `${drift.slice(0, 5).map((d) => CHANGES[d.change](d)).join('; ')}${drift.length > 5 ? `; ${drift.length - 5} more` : ''}. ${serious ? 'If a figure looks odd since then, start here.' : 'Nothing to do: new fields are not needed for any figure.'}`,
      link: linkTo(first.source, facts),
    }];
  });
}
