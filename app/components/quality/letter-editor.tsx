/** The payload of a dead letter: beside what is wrong with it, mended as text, with the original kept. */
import { Form, useNavigation } from '@remix-run/react';
import { useState } from 'react';
import type { DeadLetterDetail } from '#operations/dead-letters';
import { FieldShell } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { recordWords } from './letter-words.ts';

/** Where JSON breaks off, or null when it does not. */
function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'Not JSON';
  }
}

/** Laid out for reading; numbers keep all their digits, so only text that JavaScript reads back alike is touched. */
function laidOut(text: string): string {
  if (jsonProblem(text) !== null || /\d{16,}/.test(text)) return text;
  const value: unknown = JSON.parse(text);
  return JSON.stringify(value, null, 2);
}

export function LetterEditor({ letter, mayWrite }: { letter: DeadLetterDetail; mayWrite: boolean }) {
  const standing = letter.editedPayload ?? letter.payload;
  const [text, setText] = useState(() => laidOut(standing));
  const busy = useNavigation().formMethod === 'POST';
  const problem = jsonProblem(text);
  const changed = text !== laidOut(standing);
  const isOpen = letter.resolution === null;
  return (
    <Card title={letter.edited ? 'Payload, as mended' : 'Payload, as received'} note={`${letter.topic} · ${letter.deliveryId}`} className="min-w-0">
      <Form method="post" preventScrollReset className="flex flex-col gap-3">
        <FieldShell label="JSON" error={problem === null ? undefined : problem} help={isOpen && mayWrite ? 'Change what is wrong; what was received is kept beside it.' : undefined}>
          {(ids) => (
            <textarea {...ids} name="payload" value={text} onChange={(event) => setText(event.target.value)} readOnly={!isOpen || !mayWrite} spellCheck={false} wrap="off" rows={Math.min(24, Math.max(8, text.split('\n').length + 1))}
              className="w-full rounded-control border border-edge bg-surface p-3 font-mono text-12 leading-5 text-ink aria-invalid:border-negative" />
          )}
        </FieldShell>
        {isOpen && mayWrite && (
          <div className="flex flex-wrap gap-2">
            {changed
              ? <Button type="submit" look="primary" name="intent" value="edit-replay" disabled={busy}>Save and replay</Button>
              : <Button type="submit" look="primary" name="intent" value="replay" disabled={busy}>Replay</Button>}
            {changed && <Button type="submit" name="intent" value="edit" disabled={busy}>Save only</Button>}
            {letter.edited && !changed && <Button type="submit" look="quiet" name="intent" value="restore" disabled={busy}>Back to the original</Button>}
          </div>
        )}
      </Form>
      {letter.edited && (
        <details className="mt-4 text-13">
          <summary className="cursor-pointer text-muted">As it was received</summary>
          <pre className="relative mt-2 max-h-80 overflow-auto rounded-control bg-sunken p-3 font-mono text-12">{laidOut(letter.payload)}</pre>
        </details>
      )}
    </Card>
  );
}

/** What is wrong, and how it would be read as it stands. */
export function LetterVerdict({ letter }: { letter: DeadLetterDetail }) {
  if (letter.resolution === 'replayed') return <Notice tone="good">It was taken, and became {recordWords(letter.became)}.</Notice>;
  if (letter.resolution === 'erased') return <Notice>It told of somebody who was erased, and went with her.</Notice>;
  if (letter.resolution === 'discarded') return <Notice>It was set aside, and is in no figure.</Notice>;
  const { readable, records, problem, errors } = letter.reading;
  return (
    <>
      {readable ? (
        <Notice tone="good">As it stands it can be read, as {recordWords(records)}. Replay it to count it; if it is in your figures already, nothing changes.</Notice>
      ) : (
        <Notice tone="warning">
          <p className="font-strong">It cannot be read as it stands</p>
          {errors.length === 0 ? <p>{problem}</p> : (
            <ul className="mt-1 flex flex-col gap-1">
              {errors.map((error, n) => <li key={n}><code className="font-mono text-12">{error.path || 'the whole'}</code>: {error.message}</li>)}
            </ul>
          )}
        </Notice>
      )}
    </>
  );
}
