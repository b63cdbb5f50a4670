/** What a merchant may be told of, with the settings each rule has. Defaults are here; a company changes them one by one. */
import { z } from 'zod';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const RULE_NAMES = [
  'silence', 'rejected_share', 'dead_letters', 'currency_gap', 'webhook_disabled', 'night_failed', 'fit_failed', 'reconciliation_drift', 'schema_drift',
] as const;
export type RuleName = (typeof RULE_NAMES)[number];

export interface RuleSetting {
  key: string;
  label: string;
  standard: number;
  least: number;
  most: number;
}

export interface AlertRule {
  name: RuleName;
  title: string;
  /** When it speaks up. */
  when: string;
  settings: RuleSetting[];
}

export const ALERT_RULES: readonly AlertRule[] = [
  {
    name: 'silence', title: 'A source falls silent', when: 'Nothing has come for longer than chance explains, by the source’s own hours and weekdays.',
    settings: [{ key: 'falseAlarmsAYear', label: 'False alarms a year and source that are bearable', standard: 0.2, least: 0.01, most: 12 }],
  },
  {
    name: 'rejected_share', title: 'Too much is refused', when: 'Of what came in the last seven days, a larger share than this could not be taken.',
    settings: [
      { key: 'percent', label: 'Per cent refused', standard: 5, least: 0.1, most: 100 },
      { key: 'atLeast', label: 'But at least so many', standard: 5, least: 1, most: 1_000_000 },
    ],
  },
  {
    name: 'dead_letters', title: 'Refused records wait for you', when: 'Records that could not be taken have waited longer than this.',
    settings: [{ key: 'hours', label: 'Hours waited', standard: 1, least: 0, most: 720 }],
  },
  {
    name: 'currency_gap', title: 'Orders in a currency without a rate', when: 'Orders of the last thirty days are not in the revenue because their currency has no rate.',
    settings: [{ key: 'atLeast', label: 'At least so many orders', standard: 1, least: 1, most: 1_000_000 }],
  },
  { name: 'webhook_disabled', title: 'A platform stopped delivering', when: 'The platform’s side says that its webhook to us is off or gone.', settings: [] },
  { name: 'night_failed', title: 'The nightly recalculation failed', when: 'A night ended with an error, or has not ended six hours after it began.', settings: [] },
  { name: 'fit_failed', title: 'The forecast could not be refitted', when: 'The last fit of the model failed; the one before it still serves.', settings: [] },
  {
    name: 'reconciliation_drift', title: 'We and the platform disagree', when: 'A day’s revenue differs from the platform’s own by more than this.',
    settings: [{ key: 'percent', label: 'Per cent of the day’s revenue', standard: 0.5, least: 0, most: 100 }],
  },
  { name: 'schema_drift', title: 'A platform changed what it sends', when: 'A field of its messages is new, gone or of another kind.', settings: [] },
];

export interface RuleState {
  enabled: boolean;
  settings: Record<string, number>;
}
export type RuleStates = Readonly<Record<RuleName, RuleState>>;

const stored = z.record(z.string(), z.unknown());

/** Defaults, changed by what a company stored; what does not fit a rule any more is left out. */
export function ruleStates(changes: readonly { rule: string; enabled: boolean; settings: unknown }[]): RuleStates {
  const byName = new Map(changes.map((change) => [change.rule, change]));
  const stateOf = (name: RuleName): RuleState => {
    const rule = ruleNamed(name);
    const change = byName.get(name);
    const given = stored.safeParse(change?.settings);
    return {
      enabled: change?.enabled ?? true,
      settings: Object.fromEntries(rule.settings.map(({ key, standard, least, most }) => {
        const value = given.success ? given.data[key] : undefined;
        return [key, typeof value === 'number' && value >= least && value <= most ? value : standard];
      })),
    };
  };
  return {
    silence: stateOf('silence'), rejected_share: stateOf('rejected_share'), dead_letters: stateOf('dead_letters'), currency_gap: stateOf('currency_gap'),
    webhook_disabled: stateOf('webhook_disabled'), night_failed: stateOf('night_failed'), fit_failed: stateOf('fit_failed'),
    reconciliation_drift: stateOf('reconciliation_drift'), schema_drift: stateOf('schema_drift'),
  };
}

export function ruleNamed(name: RuleName): AlertRule {
  const rule = ALERT_RULES.find((one) => one.name === name);
  if (rule === undefined) throw new Error(`No alert rule ${name}`);
  return rule;
}
