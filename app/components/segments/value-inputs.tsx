/** Small inputs of condition rows: numbers that may be half typed, texts with choices, lists, lengths of time. */
import { X } from 'lucide-react';
import { useEffect, useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Choice } from '#core/segments/conditions/condition';
import { SPAN_UNITS } from './op-words.ts';
import type { Span } from './args.ts';

export const BOX = 'h-8 min-w-0 rounded-control border border-edge bg-surface text-14 transition-colors hover:border-ink/60 aria-invalid:border-negative';

interface Marked {
  label: string;
  invalid?: boolean;
  focusKey?: string;
}

interface NumberInputProps extends Marked {
  value: number | undefined;
  /** Shares are shown as per cent. */
  percent?: boolean;
  suffix?: ReactNode;
  onChange: (value: number | undefined) => void;
}

const shown = (value: number | undefined, percent: boolean): string => (value === undefined ? '' : String(percent ? Math.round(value * 1e8) / 1e6 : value));

function parsed(text: string, percent: boolean): number | undefined {
  const plain = text.trim().replace(/[\s'’]/g, '').replace(',', '.');
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(plain)) return undefined;
  const value = Number(plain);
  return percent ? Math.round(value * 1e6) / 1e8 : value;
}

export function NumberInput({ value, percent = false, suffix, label, invalid, focusKey, onChange }: NumberInputProps) {
  const [text, setText] = useState(shown(value, percent));
  // Changed from elsewhere, as by undo: what is typed stays only while it means the same.
  useEffect(() => setText((typed) => (parsed(typed, percent) === value ? typed : shown(value, percent))), [value, percent]);
  return (
    <span className="inline-flex items-center gap-1">
      <input
        type="text" inputMode="decimal" autoComplete="off" aria-label={label} aria-invalid={invalid || undefined} data-focus={focusKey}
        value={text}
        onChange={(event) => { setText(event.target.value); onChange(parsed(event.target.value, percent)); }}
        className={`${BOX} figures w-24 px-2 text-right max-sm:w-18`}
      />
      {suffix !== undefined && <span className="text-13 text-muted">{suffix}</span>}
    </span>
  );
}

interface SelectInputProps extends Marked {
  value: string | undefined;
  choices: readonly Choice[];
  onChange: (value: string) => void;
  strong?: boolean;
}

export function SelectInput({ value, choices, label, invalid, focusKey, onChange, strong = false }: SelectInputProps) {
  const missing = value === undefined || !choices.some((choice) => choice.value === value);
  return (
    <select
      value={value ?? ''} aria-label={label} aria-invalid={invalid || undefined} data-focus={focusKey}
      onChange={(event) => onChange(event.target.value)}
      className={`${BOX} max-w-full pr-7 pl-2 ${strong ? 'font-strong' : ''}`}
    >
      {missing && <option value={value ?? ''}>{value ?? 'Choose…'}</option>}
      {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
    </select>
  );
}

interface TextInputProps extends Marked {
  value: string | undefined;
  /** Offered; anything else may be typed as well. */
  offered?: readonly Choice[];
  placeholder?: string;
  type?: 'text' | 'date';
  onChange: (value: string | undefined) => void;
}

export function TextInput({ value, offered = [], placeholder, type = 'text', label, invalid, focusKey, onChange }: TextInputProps) {
  const id = useId();
  return (
    <>
      <input
        type={type} list={offered.length > 0 ? id : undefined} autoComplete="off" aria-label={label} aria-invalid={invalid || undefined} data-focus={focusKey}
        value={value ?? ''} placeholder={placeholder} maxLength={255}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
        className={`${BOX} ${type === 'date' ? 'w-36' : 'w-44 max-sm:w-full'} px-2`}
      />
      {offered.length > 0 && <datalist id={id}>{offered.map((choice) => <option key={choice.value} value={choice.value}>{choice.label === choice.value ? undefined : choice.label}</option>)}</datalist>}
    </>
  );
}

interface ListInputProps extends Marked {
  values: readonly string[];
  offered: readonly Choice[];
  /** Nothing but what is offered. */
  closed: boolean;
  onChange: (values: string[]) => void;
}

/** Several texts, each with a button that takes it away. */
export function ListInput({ values, offered, closed, label, invalid, focusKey, onChange }: ListInputProps) {
  const [text, setText] = useState('');
  const id = useId();
  const left = offered.filter((choice) => !values.includes(choice.value));
  const add = (value: string) => {
    const parts = value.split(',').map((part) => part.trim()).filter((part) => part !== '' && !values.includes(part));
    if (parts.length > 0) onChange([...values, ...new Set(parts)]);
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if ((event.key === 'Enter' || event.key === ',') && text.trim() !== '') { event.preventDefault(); add(text); }
    else if (event.key === 'Enter') event.preventDefault();
    else if (event.key === 'Backspace' && text === '' && values.length > 0) onChange(values.slice(0, -1));
  };
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-1">
      {values.map((value) => (
        <span key={value} className="inline-flex h-8 max-w-full items-center gap-1 rounded-control bg-sunken pr-1 pl-2 text-13">
          <span className="truncate">{offered.find((choice) => choice.value === value)?.label ?? value}</span>
          <button type="button" aria-label={`Take ${value} away`} onClick={() => onChange(values.filter((one) => one !== value))} className="rounded-[4px] p-0.5 text-muted hover:text-ink"><X aria-hidden className="size-3.5" /></button>
        </span>
      ))}
      {closed ? (
        left.length > 0 && (
          <select value="" aria-label={`${label}: add`} aria-invalid={invalid || undefined} data-focus={focusKey} onChange={(event) => add(event.target.value)} className={`${BOX} pr-7 pl-2`}>
            <option value="">{values.length === 0 ? 'Choose…' : 'Add…'}</option>
            {left.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
          </select>
        )
      ) : (
        <>
          <input
            value={text} list={id} autoComplete="off" aria-label={`${label}: add`} aria-invalid={invalid || undefined} data-focus={focusKey} placeholder={values.length === 0 ? 'Type, then Enter' : 'Add…'}
            onChange={(event) => {
              // Chosen from the list it is whole; typed it waits for Enter.
              if (left.some((choice) => choice.value === event.target.value) && !(event.nativeEvent instanceof InputEvent && event.nativeEvent.inputType.startsWith('insertText'))) add(event.target.value);
              else setText(event.target.value);
            }}
            onKeyDown={onKeyDown} onBlur={() => add(text)} className={`${BOX} w-40 px-2`}
          />
          <datalist id={id}>{left.map((choice) => <option key={choice.value} value={choice.value}>{choice.label === choice.value ? undefined : choice.label}</option>)}</datalist>
        </>
      )}
    </span>
  );
}

export function SpanInput({ span, label, invalid, focusKey, onChange }: Marked & { span: Span; onChange: (span: Span) => void }) {
  return (
    <span className="inline-flex items-center gap-1">
      <NumberInput value={span.amount} label={label} invalid={invalid} focusKey={focusKey} onChange={(amount) => onChange({ ...span, amount })} />
      <select value={span.unit} aria-label={`${label}: unit`} onChange={(event) => onChange({ ...span, unit: SPAN_UNITS.find((unit) => unit === event.target.value) ?? 'days' })} className={`${BOX} pr-7 pl-2`}>
        {SPAN_UNITS.map((unit) => <option key={unit} value={unit}>{unit}</option>)}
      </select>
    </span>
  );
}
