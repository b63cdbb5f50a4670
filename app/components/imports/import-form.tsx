/** From a file on disk to a running import: choose, check the columns, send. */
import { useRef, useState } from 'react';
import { guessMapping, type MappingInput } from '#core/commerce/csv/mapping';
import { sampleCsv, type FileSample } from '#core/commerce/csv/dialect';
import { AppError } from '#core/errors';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { DropZone } from './drop-zone.tsx';
import { spelledOut, withHeader } from './file-mapping.ts';
import { FileOptions } from './file-options.tsx';
import { PreviewTable } from './preview-table.tsx';
import { uploadFile, type Upload } from './upload.ts';

/** Enough rows to guess by; the rest of the file is never held in memory. */
const SAMPLE_BYTES = 256 * 1024;

interface Chosen {
  file: File;
  sample: FileSample;
}

export function ImportForm({ onUploaded }: { onUploaded: () => void }) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [said, setSaid] = useState<MappingInput>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const upload = useRef<Upload | null>(null);
  const { percent } = useFormats();

  const choose = async (file: File) => {
    setProblem(null);
    setSaid({});
    try {
      const bytes = new Uint8Array(await file.slice(0, SAMPLE_BYTES).arrayBuffer());
      setChosen({ file, sample: sampleCsv(bytes, file.size <= SAMPLE_BYTES) });
    } catch (error) {
      setChosen(null);
      setProblem(error instanceof AppError ? `${error.message}.` : 'The file could not be read. Is it still there?');
    }
  };

  const send = async ({ file }: Chosen, mapping: MappingInput) => {
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

  if (chosen === null) {
    return (
      <Card>
        {problem !== null && <div className="mb-4"><Notice tone="bad" role="alert">{problem}</Notice></div>}
        <DropZone onFile={(file) => void choose(file)} />
      </Card>
    );
  }

  const guess = guessMapping(chosen.sample, said);
  const usable = guess.mapping.columns.date !== undefined && (guess.mapping.columns.amount !== undefined || guess.mapping.columns.unitPrice !== undefined);
  return (
    <Card title={`Check the columns of ${chosen.file.name}`} note="We guessed what each column holds. Correct what is wrong; columns left out are not read.">
      <div className="flex flex-col gap-4">
        {guess.questions.map(({ field, message }) => <Notice key={field} tone="warning">{message}</Notice>)}
        <FileOptions mapping={guess.mapping} said={said} onChange={setSaid} onHeader={(header) => { setSaid({}); setChosen({ ...chosen, sample: withHeader(chosen.sample, header) }); }} />
        <PreviewTable sample={chosen.sample} mapping={guess.mapping} said={said} onChange={setSaid} />
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
          <Button look="primary" disabled={!usable || sent !== null} onClick={() => void send(chosen, spelledOut(guess.mapping))}>Import</Button>
        </div>
      </div>
    </Card>
  );
}
