/** Draws one argument of a condition as the language describes it. */
import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import type { Choice, Field } from '#core/segments/conditions/condition';
import type { Unit } from '#core/segments/numbers';
import type { DayOp, NumberOp, TextOp } from '#core/segments/term';
import { useFormats } from '../../format/use-formats.tsx';
import { numberAt, spanOf, textArg, textAt, textsOf, withArg, withSpan, type Args } from './args.ts';
import { isJson } from './draft.ts';
import { JsonInput } from './json-input.tsx';
import { PREPOSITIONS, SO_MANY } from './filter-words.ts';
import { useLanguage } from './language-context.tsx';
import { DAY_WORDS, NUMBER_WORDS, TEXT_WORDS } from './op-words.ts';
import { ListInput, NumberInput, SelectInput, SpanInput, TextInput } from './value-inputs.tsx';

export function isOptional(field: Field): boolean {
  return field.kind === 'properties' || ('isOptional' in field && field.isOptional);
}

export function isSet(field: Field, args: Args): boolean {
  return 'name' in field && field.name in args;
}

/** Arguments with an optional field opened, as empty as it can be. */
export function startOfField(field: Field, args: Args): Args {
  switch (field.kind) {
    case 'span': return { ...args, [field.name]: { days: 90 } };
    case 'properties': return { ...args, [field.name]: [{ property: '', op: 'eq' }] };
    case 'choice':
    case 'calendar_day': return { ...args, [field.name]: '' };
    default: return args;
  }
}

interface FieldInputProps {
  field: Field;
  args: Args;
  problems: Readonly<Record<string, string>>;
  /** Of the condition. */
  label: string;
  focusKey: string | undefined;
  onChange: (args: Args) => void;
}

export function FieldInput(props: FieldInputProps) {
  const { field, args, onChange } = props;
  if (!isOptional(field)) return <Bare {...props} />;
  const name = 'name' in field ? field.name : '';
  const label = 'label' in field ? field.label : '';
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-1 rounded-control bg-sunken py-0.5 pr-0.5 pl-2 text-14">
      <span className="text-13 text-muted">{label}</span>
      <Bare {...props} />
      <button type="button" aria-label={`Take “${label}” away`} onClick={() => onChange(withArg(args, name, undefined))} className="rounded-[4px] p-1 text-muted hover:text-ink"><X aria-hidden className="size-3.5" /></button>
    </span>
  );
}

function Bare({ field, args, problems, label, focusKey, onChange }: FieldInputProps) {
  const { offered, segments } = useLanguage();
  const { currency } = useFormats();
  const bad = (name: string) => Object.keys(problems).some((path) => path === name || path.startsWith(`${name}.`)) && args[name] !== undefined;
  switch (field.kind) {
    case 'number': return <Compared args={args} ops={field.ops} words={NUMBER_WORDS} label={label} focusKey={focusKey} onChange={onChange}>{() => <Numbers args={args} unit={field.unit} currency={currency} label={label} invalid={bad('value')} onChange={onChange} />}</Compared>;
    case 'text': return (
      <Compared args={args} ops={field.ops} words={TEXT_WORDS} label={label} focusKey={focusKey} onChange={onChange}>
        {(op) => <Texts args={args} op={op} offered={offered(field.choices)} closed={field.choices !== null && 'given' in field.choices} label={label} invalid={bad('value')} onChange={onChange} />}
      </Compared>
    );
    case 'day': return <Compared args={args} ops={field.ops} words={DAY_WORDS} label={label} focusKey={focusKey} onChange={onChange}>{(op) => <Days args={args} op={op} label={label} invalid={bad('value')} onChange={onChange} />}</Compared>;
    case 'age': return (
      <>
        <SelectInput label={`${label}: comparison`} value={textArg(args, 'op')} choices={[{ value: 'more_than', label: 'more than' }, { value: 'within', label: 'less than' }]} focusKey={focusKey} onChange={(op) => onChange({ ...args, op })} />
        <SpanInput label={label} span={spanOf(args)} onChange={(span) => onChange(withSpan(args, span))} />
        <span>ago</span>
      </>
    );
    case 'json': return <JsonInput args={args} label={label} invalid={bad('value')} onChange={onChange} />;
    case 'span': {
      const inner = args[field.name];
      const span = isJson(inner) ? inner : {};
      return <>{!field.isOptional && <span>{field.label}</span>}<SpanInput label={`${label}, ${field.label}`} span={spanOf(span)} invalid={bad(field.name)} onChange={(next) => onChange({ ...args, [field.name]: withSpan({}, next) })} /></>;
    }
    case 'whole': {
      const [before, after = before] = field.label.split(SO_MANY);
      return <>{before !== after && <span>{before}</span>}<NumberInput label={`${label}: ${field.label}`} value={numberAt(args[field.name], 0)} suffix={after} invalid={bad(field.name)} focusKey={focusKey} onChange={(value) => onChange(withArg(args, field.name, value))} /></>;
    }
    case 'choice': {
      const choices = offered(field.choices);
      const set = (value: string | undefined) => onChange(field.isOptional ? { ...args, [field.name]: value ?? '' } : withArg(args, field.name, value));
      const said = field.isOptional ? `${label}, ${field.label}` : `${label}: ${field.label}`;
      const before = PREPOSITIONS.includes(field.label) && <span>{field.label}</span>;
      return field.choices !== null && 'given' in field.choices
        ? <>{before}<SelectInput label={said} value={textArg(args, field.name)} choices={choices} invalid={bad(field.name)} focusKey={focusKey} onChange={set} /></>
        : <>{before}<TextInput label={said} value={textsOf(args[field.name]).join('.') || undefined} offered={choices} placeholder={before === false ? field.label : field.name} invalid={bad(field.name)} focusKey={focusKey} onChange={set} /></>;
    }
    case 'calendar_day': return <TextInput type="date" label={`${label}, ${field.label}`} value={textArg(args, field.name)} invalid={bad(field.name)} onChange={(value) => onChange({ ...args, [field.name]: value ?? '' })} />;
    case 'segment': return <SelectInput label={`${label}: ${field.label}`} value={textArg(args, field.name)} choices={segments.filter(({ offers = 'segment' }) => offers === 'both' || offers === (field.of === 'lists' ? 'list' : 'segment')).map((segment) => ({ value: segment.id, label: segment.name }))} invalid={bad(field.name)} focusKey={focusKey} onChange={(id) => onChange({ ...args, [field.name]: id })} />;
    case 'properties': return <Properties args={args} name={field.name} label={label} invalid={bad(field.name)} onChange={onChange} />;
  }
}

interface ComparedProps<Op extends string> {
  args: Args;
  ops: readonly Op[];
  words: Readonly<Record<Op, string>>;
  label: string;
  focusKey: string | undefined;
  onChange: (args: Args) => void;
  children: (op: Op) => React.ReactNode;
}

/** How many values an operator takes: what fits the next one as well is kept. */
function shapeOf(op: string): string {
  if (op === 'known' || op === 'unknown') return 'none';
  if (op === 'between') return 'two';
  if (op === 'in' || op === 'not_in') return 'list';
  return op === 'last' || op === 'next' || op === 'older' ? 'days' : 'one';
}

function carried(value: unknown, from: string, to: string): unknown {
  if (from === to) return value;
  if (to === 'list') return textsOf(value);
  if (from === 'list' && to === 'one') return textsOf(value)[0];
  if (from === 'two' && to === 'one' && Array.isArray(value)) return numberAt(value, 0) ?? textAt(value, 0);
  return undefined;
}

function Compared<Op extends string>({ args, ops, words, label, focusKey, onChange, children }: ComparedProps<Op>) {
  const op = ops.find((one) => one === args.op);
  return (
    <>
      <SelectInput
        label={`${label}: comparison`} value={op} choices={ops.map((one): Choice => ({ value: one, label: words[one] }))} focusKey={focusKey}
        onChange={(next) => onChange(withArg({ ...args, op: next }, 'value', carried(args.value, shapeOf(op ?? 'eq'), shapeOf(next))))}
      />
      {op !== undefined && op !== 'known' && op !== 'unknown' && children(op)}
    </>
  );
}

type ValueProps = { args: Args; label: string; invalid: boolean; onChange: (args: Args) => void };

const pair = (low: unknown, high: unknown): unknown => (low === undefined && high === undefined ? undefined : [low ?? null, high ?? null]);

function Numbers({ args, unit, currency, label, invalid, onChange }: ValueProps & { unit: Unit; currency: string }) {
  const suffix = unit === 'money' ? currency : unit === 'share' ? '%' : undefined;
  const percent = unit === 'share';
  const set = (value: unknown) => onChange(withArg(args, 'value', value));
  if (args.op !== ('between' satisfies NumberOp)) return <NumberInput label={label} value={numberAt(args.value, 0)} percent={percent} suffix={suffix} invalid={invalid} onChange={set} />;
  return (
    <>
      <NumberInput label={`${label}: from`} value={numberAt(args.value, 0)} percent={percent} invalid={invalid} onChange={(low) => set(pair(low, numberAt(args.value, 1)))} />
      <span>and</span>
      <NumberInput label={`${label}: to`} value={numberAt(args.value, 1)} percent={percent} suffix={suffix} invalid={invalid} onChange={(high) => set(pair(numberAt(args.value, 0), high))} />
    </>
  );
}

function Texts({ args, op, offered, closed, label, invalid, onChange }: ValueProps & { op: TextOp; offered: readonly Choice[]; closed: boolean }) {
  const set = (value: unknown) => onChange(withArg(args, 'value', value));
  if (op === 'in' || op === 'not_in') return <ListInput label={label} values={textsOf(args.value)} offered={offered} closed={closed} invalid={invalid} onChange={(values) => set(values.length === 0 ? undefined : values)} />;
  return closed
    ? <SelectInput label={label} value={textAt(args.value, 0)} choices={offered} invalid={invalid} onChange={set} />
    : <TextInput label={label} value={textAt(args.value, 0)} offered={op === 'eq' || op === 'ne' ? offered : []} invalid={invalid} onChange={set} />;
}

function Days({ args, op, label, invalid, onChange }: ValueProps & { op: DayOp }) {
  const set = (value: unknown) => onChange(withArg(args, 'value', value));
  if (op === 'last' || op === 'next' || op === 'older') return <NumberInput label={label} value={numberAt(args.value, 0)} suffix="days" invalid={invalid} onChange={set} />;
  if (op !== 'between') return <TextInput type="date" label={label} value={textAt(args.value, 0)} invalid={invalid} onChange={set} />;
  return (
    <>
      <TextInput type="date" label={`${label}: from`} value={textAt(args.value, 0)} invalid={invalid} onChange={(from) => set(pair(from, textAt(args.value, 1)))} />
      <span>and</span>
      <TextInput type="date" label={`${label}: to`} value={textAt(args.value, 1)} invalid={invalid} onChange={(to) => set(pair(textAt(args.value, 0), to))} />
    </>
  );
}

/** Tests of an event's properties, all of which must hold. */
function Properties({ args, name, label, invalid, onChange }: ValueProps & { name: string }) {
  const id = useId();
  const given = args[name];
  const tests = (Array.isArray(given) ? given : []).map((test): Args => (isJson(test) ? test : {}));
  const set = (next: readonly Args[]) => onChange(withArg(args, name, next.length === 0 ? undefined : next));
  return (
    <span className="flex min-w-0 flex-col gap-1">
      {tests.map((test, index) => (
        <span key={`${id}-${index}`} className="flex min-w-0 flex-wrap items-center gap-1">
          {index > 0 && <span className="text-13 text-muted">and</span>}
          <TextInput label={`${label}: property ${index + 1}`} placeholder="property" value={textsOf(test.property).join('.') || undefined} invalid={invalid} onChange={(property) => set(tests.with(index, { ...test, property: property ?? '' }))} />
          <JsonInput args={test} label={`${label}: property ${index + 1}`} invalid={invalid} onChange={(next) => set(tests.with(index, next))} />
          {tests.length > 1 && <button type="button" aria-label={`Take property ${index + 1} away`} onClick={() => set(tests.toSpliced(index, 1))} className="rounded-[4px] p-1 text-muted hover:text-ink"><X aria-hidden className="size-3.5" /></button>}
        </span>
      ))}
      {tests.length < 10 && <button type="button" onClick={() => set([...tests, { property: '', op: 'eq' }])} className="inline-flex h-7 items-center gap-1 self-start rounded-control px-1.5 text-13 text-muted hover:text-ink"><Plus aria-hidden className="size-3.5" />Another property</button>}
    </span>
  );
}
