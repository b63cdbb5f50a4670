/** What the file was taken for, in words, and what to choose where that is wrong. */
import type { FileSample } from '#core/commerce/csv/dialect';
import type { Mapping } from '#core/commerce/csv/mapping';
import { PRESET_NAMES } from '#core/commerce/files/preset-ids';
import { assertNever } from '#core/errors';
import type { SavedMapping } from '#operations/import-mappings';
import { SelectField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';

function kindWords({ form, format }: FileSample): string {
  const packed = form.gzip ? ', packed as gzip' : '';
  switch (form.kind) {
    case 'xlsx': return 'Excel workbook';
    case 'jsonl': return `JSON Lines${packed}`;
    case 'csv': {
      const delimiter = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' }[format.delimiter];
      return `CSV with ${delimiter}${form.encoding === 'utf-8' ? '' : `, ${form.encoding === 'windows-1252' ? 'Windows letters' : 'UTF-16'}`}${packed}`;
    }
    default: return assertNever(form.kind);
  }
}

interface FileKindProps {
  sample: FileSample;
  mapping: Mapping;
  /** Kept mappings that fit the headings. */
  saved: SavedMapping[];
  using: string | null;
  onSheet: (sheet: string) => void;
  onFormat: (format: 'csv' | 'jsonl') => void;
  onSaved: (saved: SavedMapping | null) => void;
  onByColumns: (byColumns: boolean) => void;
}

export function FileKind({ sample, mapping, saved, using, onSheet, onFormat, onSaved, onByColumns }: FileKindProps) {
  const { form } = sample;
  const known = sample.transactions !== null ? 'transactions' : mapping.preset;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-13">
        <p>This is <strong className="font-strong">{kindWords(sample)}</strong>.</p>
        {form.kind !== 'xlsx' && <Button small look="quiet" onClick={() => onFormat(form.kind === 'csv' ? 'jsonl' : 'csv')}>{form.kind === 'csv' ? 'No, it is JSON Lines' : 'No, it is CSV'}</Button>}
      </div>
      {known !== null && mapping.preset !== null && (
        <Notice tone="good">
          Recognised as {PRESET_NAMES[known]}: read by its own rules, and the same order delivered later by a webhook is not counted twice.
          {known !== 'transactions' && <div className="mt-2"><Button small onClick={() => onByColumns(true)}>Name the columns myself</Button></div>}
        </Notice>
      )}
      <div className="grid gap-4 empty:hidden sm:grid-cols-2 lg:grid-cols-4">
        {form.sheets.length > 1 && (
          <SelectField label="Sheet" value={form.sheet ?? ''} onChange={(event) => onSheet(event.target.value)}>
            {form.sheets.map((sheet) => <option key={sheet}>{sheet}</option>)}
          </SelectField>
        )}
        {saved.length > 0 && mapping.preset === null && (
          <SelectField label="Kept mapping" value={using ?? ''} help="Files with the same headings were read this way." onChange={(event) => onSaved(saved.find(({ name }) => name === event.target.value) ?? null)}>
            <option value="">None: guess anew</option>
            {saved.map(({ id, name }) => <option key={id} value={name}>{name}</option>)}
          </SelectField>
        )}
      </div>
    </div>
  );
}
