/** How the file writes dates, decimals and money. */
import { z } from 'zod';
import { DATE_FORMAT_WORDS, DATE_FORMATS, type DateFormat } from '#core/commerce/csv/dates';
import type { Mapping, MappingInput } from '#core/commerce/csv/mapping';
import { useFormats } from '../../format/use-formats.tsx';
import { CheckField, SelectField, TextField } from '../forms/field.tsx';

const dateFormat = z.enum(DATE_FORMATS);
const decimalMark = z.enum(['.', ',']);

function dateWords(format: DateFormat): string {
  const words = DATE_FORMAT_WORDS[format];
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

interface FileOptionsProps {
  mapping: Mapping;
  /** What was corrected so far: the rest stays a guess, and its questions stay open. */
  said: MappingInput;
  onChange: (said: MappingInput) => void;
  onHeader: (header: boolean) => void;
}

export function FileOptions({ mapping, said, onChange, onHeader }: FileOptionsProps) {
  const { currency } = useFormats();
  const say = (change: Partial<MappingInput>) => onChange({ ...said, ...change });
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2 lg:grid-cols-4">
      <SelectField label="Dates" value={mapping.dateFormat} onChange={(event) => say({ dateFormat: dateFormat.parse(event.target.value) })}>
        {DATE_FORMATS.map((format) => <option key={format} value={format}>{dateWords(format)}</option>)}
      </SelectField>
      <SelectField label="Decimals" value={mapping.decimalMark} onChange={(event) => say({ decimalMark: decimalMark.parse(event.target.value) })}>
        <option value=".">Point: 1,234.50</option>
        <option value=",">Comma: 1.234,50</option>
      </SelectField>
      <CurrencyField key={mapping.currency ?? ''} currency={mapping.currency} own={currency} onChange={(chosen) => say({ currency: chosen })} />
      {mapping.columns.orderId !== undefined && mapping.columns.amount !== undefined && (
        <SelectField label="Lines of one order" value={mapping.amountOf} onChange={(event) => say({ amountOf: event.target.value === 'order' ? 'order' : 'line' })}>
          <option value="line">Add up their amounts</option>
          <option value="order">Repeat one amount</option>
        </SelectField>
      )}
      <div className="sm:pt-7"><CheckField label="The first line is headings" checked={mapping.header} onChange={(event) => onHeader(event.target.checked)} /></div>
    </div>
  );
}

function CurrencyField({ currency, own, onChange }: { currency: string | null; own: string; onChange: (chosen: string | null) => void }) {
  return (
    <TextField
      label="Currency"
      help={`Empty: your own, ${own}. A currency column wins.`}
      defaultValue={currency ?? ''}
      placeholder={own}
      maxLength={3}
      autoCapitalize="characters"
      onChange={(event) => {
        const text = event.target.value.trim().toUpperCase();
        if (text === '') onChange(null);
        else if (KNOWN.has(text)) onChange(text);
      }}
    />
  );
}

const KNOWN: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
