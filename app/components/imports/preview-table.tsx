/** The file's first rows under what each column is taken for. */
import { FIELD_LABELS, FIELDS } from '#core/commerce/csv/fields';
import type { FileSample } from '#core/commerce/csv/dialect';
import type { Mapping, MappingInput } from '#core/commerce/csv/mapping';
import { fieldOf, withField } from './file-mapping.ts';

const ROWS = 6;

interface PreviewTableProps {
  sample: FileSample;
  mapping: Mapping;
  /** What was corrected so far. */
  said: MappingInput;
  onChange: (said: MappingInput) => void;
}

export function PreviewTable({ sample, mapping, said, onChange }: PreviewTableProps) {
  return (
    <div className="relative -mx-5 overflow-x-auto border-y border-line">
      <table className="figures w-full text-13">
        <caption className="sr-only">The first rows of the file</caption>
        <thead className="bg-sunken">
          <tr>
            {mapping.headings.map((heading, column) => {
              const field = fieldOf(mapping, column);
              return (
                <th key={column} scope="col" className="px-3 py-2 align-top first:pl-5 last:pr-5">
                  <label className="flex flex-col gap-1">
                    <span className="max-w-48 truncate font-normal text-muted" title={heading}>{heading}</span>
                    <select
                      value={field ?? ''}
                      onChange={(event) => onChange(withField(mapping, said, column, FIELDS.find((name) => name === event.target.value) ?? null))}
                      className={`h-8 min-w-36 rounded-control border px-2 text-13 ${field === null ? 'border-line bg-surface font-normal text-muted' : 'border-accent bg-surface font-strong'}`}
                    >
                      <option value="">Not read</option>
                      {FIELDS.map((name) => <option key={name} value={name}>{FIELD_LABELS[name]}</option>)}
                    </select>
                  </label>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sample.rows.slice(0, ROWS).map((row, index) => (
            <tr key={index} className="border-t border-line">
              {mapping.headings.map((_, column) => (
                <td key={column} className={`h-9 max-w-60 truncate px-3 first:pl-5 last:pr-5 ${fieldOf(mapping, column) === null ? 'text-muted' : ''}`}>{row[column] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
