/** Compares a value of any type: a custom attribute, or a property of an event. */
import { numberAt, textAt, textsOf, withArg, type Args } from './args.ts';
import { JSON_TYPES, jsonOps, jsonTypeOf, TYPE_WORDS, type JsonType } from './op-words.ts';
import { ListInput, NumberInput, SelectInput, TextInput } from './value-inputs.tsx';

interface JsonInputProps {
  args: Args;
  label: string;
  invalid: boolean;
  onChange: (args: Args) => void;
}

/** What a comparison of a type begins with. */
const FIRST: Record<JsonType, { op: string; value: unknown }> = {
  text: { op: 'eq', value: undefined }, number: { op: 'gt', value: undefined }, truth: { op: 'eq', value: true }, day: { op: 'last', value: 30 },
};

export function JsonInput({ args, label, invalid, onChange }: JsonInputProps) {
  const { op, value } = args;
  const type = jsonTypeOf(op, value);
  const set = (next: unknown) => onChange(withArg(args, 'value', next));
  const compare = (next: string) => {
    const keeps = next !== 'known' && next !== 'unknown' && next !== 'between' && op !== 'between' && (next === 'in' || next === 'not_in') === Array.isArray(value) && isCount(next) === isCount(op);
    onChange(withArg({ ...args, op: next }, 'value', keeps ? value : next === 'in' || next === 'not_in' ? (textsOf(value).length > 0 ? textsOf(value) : undefined) : undefined));
  };
  return (
    <>
      <SelectInput label={`${label}: type`} value={type} choices={JSON_TYPES.map((one) => ({ value: one, label: TYPE_WORDS[one] }))}
        onChange={(next) => { const first = FIRST[JSON_TYPES.find((one) => one === next) ?? 'text']; onChange(withArg({ ...args, op: first.op }, 'value', first.value)); }} />
      <SelectInput label={`${label}: comparison`} value={typeof op === 'string' ? op : undefined} choices={jsonOps(type).map(([one, words]) => ({ value: one, label: words }))} onChange={compare} />
      {op !== 'known' && op !== 'unknown' && <Value type={type} args={args} label={label} invalid={invalid} set={set} />}
    </>
  );
}

/** Compared with a number of days. */
const isCount = (op: unknown): boolean => op === 'last' || op === 'next' || op === 'older';

function Value({ type, args: { op, value }, label, invalid, set }: { type: JsonType; args: Args; label: string; invalid: boolean; set: (value: unknown) => void }) {
  const two = (index: 0 | 1, next: unknown, at: (from: unknown, index: number) => unknown) => set(index === 0 ? [next ?? null, at(value, 1) ?? null] : [at(value, 0) ?? null, next ?? null]);
  if (type === 'truth') return <SelectInput label={label} value={value === true ? 'true' : 'false'} choices={[{ value: 'true', label: 'yes' }, { value: 'false', label: 'no' }]} onChange={(next) => set(next === 'true')} />;
  if (type === 'number' && op === 'between') return <><NumberInput label={`${label}: from`} value={numberAt(value, 0)} invalid={invalid} onChange={(next) => two(0, next, numberAt)} /><span>and</span><NumberInput label={`${label}: to`} value={numberAt(value, 1)} invalid={invalid} onChange={(next) => two(1, next, numberAt)} /></>;
  if (type === 'number') return <NumberInput label={label} value={numberAt(value, 0)} invalid={invalid} onChange={set} />;
  if (type === 'day' && isCount(op)) return <NumberInput label={label} value={numberAt(value, 0)} suffix="days" invalid={invalid} onChange={set} />;
  if (type === 'day' && op === 'between') return <><TextInput type="date" label={`${label}: from`} value={textAt(value, 0)} invalid={invalid} onChange={(next) => two(0, next ?? '', textAt)} /><span>and</span><TextInput type="date" label={`${label}: to`} value={textAt(value, 1)} invalid={invalid} onChange={(next) => two(1, next ?? '', textAt)} /></>;
  if (type === 'day') return <TextInput type="date" label={label} value={textAt(value, 0)} invalid={invalid} onChange={set} />;
  if (op === 'in' || op === 'not_in') return <ListInput label={label} values={textsOf(value)} offered={[]} closed={false} invalid={invalid} onChange={(values) => set(values.length === 0 ? undefined : values)} />;
  return <TextInput label={label} value={textAt(value, 0)} invalid={invalid} onChange={set} />;
}
