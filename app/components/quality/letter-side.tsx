/** Beside the payload: what happened to it so far, and setting it aside. */
import { Form } from '@remix-run/react';
import type { DeadLetterDetail } from '#operations/dead-letters';
import { useFormats } from '../../format/use-formats.tsx';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { cameFrom } from './letter-words.ts';

const EVENTS = { edited: 'Mended', restored: 'Put back to the original', replayed: 'Replayed and taken', discarded: 'Set aside', reopened: 'Taken up again' } as const;

export function LetterHistory({ letter }: { letter: DeadLetterDetail }) {
  const { time } = useFormats();
  return (
    <Card title="What happened" note={`${cameFrom(letter)}, received ${time(letter.receivedAt)}`}>
      <ol className="flex flex-col gap-2 text-13">
        {letter.history.map((entry, n) => (
          <li key={n}>
            <span className="text-muted">{time(entry.at)}</span>{' '}
            {entry.event === undefined ? <>Refused: <span className="break-words">{entry.error}</span></> : <>{EVENTS[entry.event]}{entry.by !== undefined && ` by ${entry.by}`}{entry.detail !== undefined && `: ${entry.detail}`}</>}
          </li>
        ))}
      </ol>
    </Card>
  );
}

export function SetAside({ letter, reasonError }: { letter: DeadLetterDetail; reasonError: string | undefined }) {
  if (letter.resolution === 'replayed' || letter.resolution === 'erased') return null;
  if (letter.resolution === 'discarded') {
    return <Form method="post" preventScrollReset><Button type="submit" name="intent" value="reopen">Undo: take it up again</Button></Form>;
  }
  return (
    <Card title="Not needed?" note="Set aside it is in no figure; you can undo that later">
      <Form method="post" preventScrollReset className="flex flex-col items-start gap-3">
        <div className="w-full"><TextField name="reason" label="Why" placeholder="A test order" maxLength={500} required error={reasonError} /></div>
        <Button type="submit" name="intent" value="discard">Set aside</Button>
      </Form>
    </Card>
  );
}
