/** Why somebody is in a segment or is not: each clause with what it saw, what turned it last, and when time will turn it. */
import { Link } from '@remix-run/react';
import { Check, X } from 'lucide-react';
import type { Explanation, Seen, Turn } from '#core/segments/match';
import { definitionOf, type Condition } from '#core/segments/conditions/registry';
import { unitOf as unitOfQuantity } from '#core/segments/cuts';
import type { Unit } from '#core/segments/numbers';
import { assertNever } from '#core/errors';
import { minorDigits } from '#core/commerce/money';
import { useFormats } from '../../format/use-formats.tsx';
import type { Formats } from '../../format/formats.ts';
import { amountWords, conditionWords, type Wording } from './filter-words.ts';
import { neededFor, type Needed } from './needed-changes.ts';

interface ExplanationTreeProps {
  explanation: Explanation;
  segmentName: Wording['segmentName'];
  /** Of orders by id: how people know them. */
  orders?: ReadonlyMap<string, string>;
  /** YYYY-MM-DD: the past day that is spoken of. */
  on?: string | null;
  /** Within a "not": that something does not hold is then as it should be. */
  isTurned?: boolean;
}

export function ExplanationTree(props: ExplanationTreeProps) {
  return <ul className="flex flex-col text-14"><Clause {...props} /></ul>;
}

const GROUP_WORDS = { all: ['All of these hold', 'Not all of these hold'], any: ['At least one of these holds', 'None of these holds'], not: ['This must not hold, and does not', 'This must not hold, and does'] } as const;

function Clause({ explanation, segmentName, orders, on = null, isTurned = false }: ExplanationTreeProps) {
  const formats = useFormats();
  const { holds } = explanation;
  if (explanation.kind === 'condition') {
    const { condition, saw, since, turns } = explanation;
    const { is, ...args } = condition;
    const seen = seenWords(condition, saw, formats);
    return (
      <li className="flex gap-2.5 py-1.5">
        <Mark holds={holds} isTurned={isTurned} />
        <div className="min-w-0">
          <p><span className="sr-only">{holds ? 'Holds: ' : 'Does not hold: '}</span>{capital(conditionWords(is, args, false, { formats, segmentName }))}{condition.is === 'segment' && segmentName(condition.id) !== null && <> · <Link to={`?why=${condition.id}${on === null ? '' : `&on=${on}`}`} preventScrollReset aria-label={`Why she ${on === null ? 'is' : 'was'} ${holds ? '' : 'not '}in ${segmentName(condition.id) ?? ''}`} className="text-13 text-muted underline underline-offset-2 hover:text-ink">why?</Link></>}</p>
          <p className="figures text-13 text-muted">
            {[seen, since === null ? null : `so since ${formats.time(since.at)}${byWords(since, holds, orders, formats)}`, turns === null ? null : `will turn on ${formats.time(turns.at)}${turns.by.kind === 'day' ? '' : ' by the passing of time'}, unless something comes before`].filter((part) => part !== null).join(' · ')}
          </p>
        </div>
      </li>
    );
  }
  const children = explanation.kind === 'not' ? [explanation.of] : explanation.of;
  const [only] = children;
  if (children.length === 1 && only !== undefined && explanation.kind !== 'not') return <Clause explanation={only} segmentName={segmentName} orders={orders} on={on} isTurned={isTurned} />;
  return (
    <li className="py-1.5">
      <p className="flex gap-2.5"><Mark holds={holds} isTurned={isTurned} /><span className="font-strong">{GROUP_WORDS[explanation.kind][holds ? 0 : 1]}</span></p>
      <ul className="ml-2 border-l border-line pl-4">{children.map((child, index) => <Clause key={index} explanation={child} segmentName={segmentName} orders={orders} on={on} isTurned={isTurned !== (explanation.kind === 'not')} />)}</ul>
    </li>
  );
}

function Mark({ holds, isTurned }: { holds: boolean; isTurned: boolean }) {
  const Icon = holds ? Check : X;
  const tone = holds === isTurned ? 'bg-negative-soft text-negative' : 'bg-accent-soft text-positive';
  return <span className={`mt-0.5 flex size-4.5 shrink-0 items-center justify-center rounded-full ${tone}`}><Icon aria-hidden className="size-3" strokeWidth={3} /></span>;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What turned it: that something came, or that it had become so old. */
function byWords({ at, by }: Turn, holds: boolean, orders: ExplanationTreeProps['orders'], formats: Formats): string {
  switch (by.kind) {
    case 'day': return ', when a day began';
    case 'segment': return `, when she ${holds ? 'entered' : 'left'} it`;
    case 'list': return ', when she was put on it';
    case 'order': case 'event': return rowWords(at, by, orders, formats);
    default: return assertNever(by);
  }
}

function rowWords(at: string, { kind, id, happenedAt }: { kind: 'order' | 'event'; id: string; happenedAt: string }, orders: ExplanationTreeProps['orders'], formats: Formats): string {
  const label = kind === 'order' ? orders?.get(id) : undefined;
  const name = label === undefined ? (kind === 'order' ? 'an order' : 'such an event') : `order ${label}`;
  if (happenedAt === at) return `, by ${name}`;
  return `, when ${label === undefined ? `${kind === 'order' ? 'the order' : 'the event'} of ${formats.time(happenedAt)}` : name} had become so old`;
}

/** What the clause looked at, or null where its words say it already. */
function seenWords(condition: Condition, saw: Seen, formats: Formats): string | null {
  switch (saw.kind) {
    case 'number': {
      const unit = unitOf(condition);
      const words = (value: number): string => amountWords(unit === 'money' ? value / 10 ** minorDigits(formats.currency) : value, unit, formats);
      return `${saw.value === null ? 'not known of her' : `here ${words(saw.value)}`}${saw.line == null ? '' : `, the line lies at ${words(saw.line)}`}`;
    }
    case 'text': return saw.value === null ? 'not known of her' : `here ${saw.value.replaceAll('_', ' ')}`;
    case 'day': return saw.value === null ? 'not known of her' : `here ${formats.day(saw.value)}`;
    case 'instant': return saw.value === null ? 'here never' : `here ${formats.time(saw.value)}`;
    case 'json': return saw.value === null ? 'not known of her' : `here ${typeof saw.value === 'string' ? saw.value : JSON.stringify(saw.value)}`;
    case 'truth': return null;
  }
}

function unitOf(condition: Condition): Unit {
  const definition = definitionOf(condition.is), term = definition?.toTerm(condition, { currencyDigits: 0 });
  if (term?.t === 'percentile') return unitOfQuantity(term.at.of);
  const field = definition?.fields.find((one) => one.kind === 'number');
  return field?.kind === 'number' ? field.unit : 'number';
}

/** What would have to change for her to enter, or to leave. */
export function NeededChanges({ explanation, segmentName }: ExplanationTreeProps) {
  const needed = neededFor(explanation, !explanation.holds);
  if (needed === null) return null;
  return (
    <div className="mt-3 rounded-control bg-sunken px-3 py-2.5 text-13">
      <p className="font-strong">{explanation.holds ? 'She would leave' : 'She would enter'} {needed.kind === 'one' ? 'if one of these came true' : needed.kind === 'each' ? 'if all of these came true' : 'if this came true'}</p>
      <NeededList needed={needed} segmentName={segmentName} outermost />
    </div>
  );
}

function NeededList({ needed, segmentName, outermost = false }: { needed: Needed; segmentName: Wording['segmentName']; outermost?: boolean }) {
  const formats = useFormats();
  if (needed.kind === 'clause') {
    const { is, ...args } = needed.clause.condition;
    const words = conditionWords(is, args, false, { formats, segmentName });
    const seen = seenWords(needed.clause.condition, needed.clause.saw, formats);
    return <p className="figures text-pretty">{needed.toHold ? capital(words) : `No longer ${words}`}{seen === null ? '' : <span className="text-muted"> ({seen})</span>}</p>;
  }
  return (
    <>
      {!outermost && <p>{needed.kind === 'each' ? 'All of:' : 'One of:'}</p>}
      <ul className="ml-4 list-disc">{needed.of.map((one, index) => <li key={index}><NeededList needed={one} segmentName={segmentName} /></li>)}</ul>
    </>
  );
}
