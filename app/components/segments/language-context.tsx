/** What the language of segments offers to this company: its conditions, and the values that its data knows. */
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import type { Choice, Choices, ChoiceSource } from '#core/segments/conditions/condition';
import { CONDITIONS, definitionOf } from '#core/segments/conditions/registry';
import { useFormats } from '../../format/use-formats.tsx';
import type { Args } from './args.ts';
import type { PickedCondition } from './condition-picker.tsx';
import { conditionWords, filterWords, type Wording } from './filter-words.ts';
import type { DraftNode } from './draft.ts';

export type DataChoices = Readonly<Partial<Record<ChoiceSource, readonly Choice[]>>>;

export interface KnownSegment {
  id: string;
  name: string;
  /** What a condition may ask of it, `name` for nothing; a segment like any other where nothing is said. */
  offers?: 'segment' | 'list' | 'both' | 'name';
}

interface Language {
  conditions: readonly PickedCondition[];
  segments: readonly KnownSegment[];
  offered: (choices: Choices) => readonly Choice[];
  /** Arguments that a new condition begins with. */
  startOf: (is: string) => Args;
  wordsOf: (node: DraftNode) => string;
  conditionOf: (is: string, args: Args, negated: boolean) => string;
}

const LanguageContext = createContext<Language | null>(null);

export function LanguageProvider({ choices, segments, children }: { choices: DataChoices; segments: readonly KnownSegment[]; children: ReactNode }) {
  const formats = useFormats();
  const language = useMemo((): Language => {
    const wording: Wording = { formats, segmentName: (id) => segments.find((segment) => segment.id === id)?.name ?? null };
    return {
      conditions: CONDITIONS.map(({ id, label, group, description }) => ({ id, label, group, description })).sort(byGroup),
      segments,
      offered: (from) => (from === null ? [] : 'given' in from ? from.given : [...(from.also ?? []), ...(choices[from.data] ?? [])]),
      startOf,
      wordsOf: (node) => filterWords(node, wording),
      conditionOf: (is, args, negated) => conditionWords(is, args, negated, wording),
    };
  }, [choices, segments, formats]);
  return <LanguageContext.Provider value={language}>{children}</LanguageContext.Provider>;
}

/** @throws Error outside of its provider. */
export function useLanguage(): Language {
  const language = useContext(LanguageContext);
  if (language === null) throw new Error('useLanguage needs a LanguageProvider around it');
  return language;
}

const GROUP_ORDER = [...new Set(CONDITIONS.map(({ group }) => group))];
function byGroup(a: PickedCondition, b: PickedCondition): number {
  return GROUP_ORDER.findIndex((group) => group === a.group) - GROUP_ORDER.findIndex((group) => group === b.group);
}

/** The likeliest comparison of each field; what only a person can say stays open. */
function startOf(is: string): Args {
  const args: Record<string, unknown> = {};
  for (const field of definitionOf(is)?.fields ?? []) {
    switch (field.kind) {
      case 'number': args.op = field.unit === 'share' ? 'lt' : field.unit === 'count' || field.unit === 'score' ? 'gte' : 'gt'; break;
      case 'text': args.op = field.choices === null ? 'contains' : 'in'; break;
      case 'day': Object.assign(args, { op: 'last', value: 30 }); break;
      case 'age': Object.assign(args, { op: 'more_than', days: 60 }); break;
      case 'json': args.op = 'eq'; break;
      case 'span': if (!field.isOptional) args[field.name] = { days: 30 }; break;
      case 'whole': args[field.name] = Math.max(field.min, Math.min(field.max, 10)); break;
      case 'choice': if (!field.isOptional && field.choices !== null && 'given' in field.choices) args[field.name] = field.choices.given[0]?.value; break;
      default: break;
    }
  }
  return args;
}
