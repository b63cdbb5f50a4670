/** From a file on disk to a running import: choose, check how it is read, send. */
import { useMemo, useRef, useState } from 'react';
import { headerKey } from '#core/commerce/csv/fields';
import { guessMapping, type MappingInput } from '#core/commerce/csv/mapping';
import type { FileSample } from '#core/commerce/csv/dialect';
import { sampleFile, type SampleChoice } from '#core/commerce/files/sample';
import { fileOfBlob } from '#core/commerce/files/stored-file';
import { AppError } from '#core/errors';
import type { SavedMapping } from '#operations/import-mappings';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { DropZone } from './drop-zone.tsx';
import { FileKind } from './file-kind.tsx';
import { spelledOut, toKeep, withHeader } from './file-mapping.ts';
import { FileOptions } from './file-options.tsx';
import { KeepMapping } from './keep-mapping.tsx';
import { PreviewTable } from './preview-table.tsx';
import { understand } from './understood.ts';
import { UnderstoodRows } from './understood-rows.tsx';
import { uploadFile, type Upload } from './upload.ts';

interface Chosen {
  file: File;
  sample: FileSample;
}

interface ImportFormProps {
  /** Kept mappings, the last used first. */
  mappings: SavedMapping[];
  onUploaded: () => void;
}

export function ImportForm({ mappings, onUploaded }: ImportFormProps) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [said, setSaid] = useState<MappingInput>({});
  /** Name of the kept mapping that `said` is, until it is corrected. */
  const [using, setUsing] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const upload = useRef<Upload | null>(null);
  const { percent, currency, timeZone } = useFormats();

  const fitting = (sample: FileSample): SavedMapping[] => (sample.header === null ? [] : mappings.filter(({ header }) => header === headerKey(sample.header ?? [])));
  const take = (saved: SavedMapping | null) => {
    setSaid(saved?.mapping ?? {});
    setUsing(saved?.name ?? null);
  };
  const say = (correction: MappingInput) => {
    setSaid(correction);
    setUsing(null);
  };

  const choose = async (file: File, choice: SampleChoice = {}) => {
    setProblem(null);
    try {
      const sample = await sampleFile(fileOfBlob(file), choice);
      setChosen({ file, sample });
      // The mapping that was used last goes without asking; others are offered.
      take(fitting(sample).find(({ id }) => id === mappings[0]?.id) ?? null);
    } catch (error) {
      setChosen(null);
      setProblem(error instanceof AppError ? `${error.message}.` : 'The file could not be read. Is it still there?');
    }
  };

  const send = async ({ file }: Chosen, mapping: MappingInput | string) => {
    setProblem(null);
    setSent(0);
    upload.current = uploadFile(file, mapping, setSent);
    try {
      await upload.current.done;
      setChosen(null);
      onUploaded();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The file could not be sent.');
    } finally {
      setSent(null);
    }
  };

  const read = useMemo(() => {
    if (chosen === null) return null;
    const { mapping, questions } = guessMapping(chosen.sample, said);
    const usable = mapping.preset !== null || (mapping.columns.date !== undefined && (mapping.columns.amount !== undefined || mapping.columns.unitPrice !== undefined));
    return { mapping, questions, usable, understood: usable ? understand(chosen.sample, mapping, { currency, timeZone, now: Date.now() }) : null };
  }, [chosen, said, currency, timeZone]);

  if (chosen === null || read === null) {
    return (
      <Card>
        {problem !== null && <div className="mb-4"><Notice tone="bad" role="alert">{problem}</Notice></div>}
        <DropZone onFile={(file) => void choose(file)} />
      </Card>
    );
  }

  const { mapping, questions, usable, understood } = read;
  const saved = fitting(chosen.sample);
  return (
    <Card title={`Check ${chosen.file.name}`} note={mapping.preset === null ? 'We guessed what each column holds. Correct what is wrong; columns left out are not read.' : 'Nothing to fill in: look whether the first sales are right, and import.'}>
      <div className="flex flex-col gap-4">
        <FileKind
          sample={chosen.sample} mapping={mapping} saved={saved} using={using}
          onSheet={(sheet) => void choose(chosen.file, { sheet })}
          onFormat={(format) => void choose(chosen.file, { format })}
          onSaved={take}
          onByColumns={(byColumns) => say({ ...said, preset: byColumns ? null : undefined })}
        />
        {questions.map(({ field, message }) => <Notice key={field} tone="warning">{message}</Notice>)}
        {mapping.preset === null && (
          <>
            <FileOptions mapping={mapping} said={said} onChange={say} onHeader={(header) => { say({}); setChosen({ ...chosen, sample: withHeader(chosen.sample, header) }); }} />
            <PreviewTable sample={chosen.sample} mapping={mapping} said={said} onChange={say} />
          </>
        )}
        {understood !== null && <UnderstoodRows understood={understood} />}
        {mapping.preset === null && usable && chosen.sample.header !== null && using === null && <KeepMapping headings={chosen.sample.header} mapping={toKeep(mapping)} onKept={setUsing} />}
        {problem !== null && <Notice tone="bad" role="alert">{problem}</Notice>}
        {sent !== null && (
          <div>
            <progress value={sent} aria-label="Upload" className="progress w-full" />
            <p role="status" className="figures text-13 text-muted">{sent < 1 ? `Sending: ${percent(sent)}` : 'Sent; storing it safely…'}</p>
          </div>
        )}
        <div className="flex flex-wrap items-center justify-end gap-2">
          {!usable && <p className="mr-auto text-13 text-muted">Name the columns of the date and of the amount to go on.</p>}
          <Button onClick={() => { if (sent === null) setChosen(null); else upload.current?.abort(); }}>{sent === null ? 'Choose another file' : 'Stop'}</Button>
          <Button look="primary" disabled={!usable || sent !== null} onClick={() => void send(chosen, using ?? spelledOut(mapping))}>Import</Button>
        </div>
      </div>
    </Card>
  );
}
