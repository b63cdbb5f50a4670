/** The list that a segment was brought as: how many stand on it, and who is put on it or taken off it. */
import { Form, useNavigation } from '@remix-run/react';
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ListChange } from '#operations/segment-lists';
import { useFormats } from '../../format/use-formats.tsx';
import { FieldShell } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { UndoNotice, type UndoableResult } from './undo-notice.tsx';

/** What a change came to; who exactly it concerned goes no further than the address that it came from. */
export type ListChangeWords = Pick<ListChange, 'names' | 'unknown' | 'unchanged'> & { changed: number; way: 'add' | 'remove' };

export interface ListResult extends UndoableResult {
  list: ListChangeWords | null;
}

interface ListCardProps {
  people: number;
  /** Of the segment, which may ask for more than standing on the list. */
  members: number;
  mayWrite: boolean;
  result: ListResult | undefined;
}

export function ListCard({ people, members, mayWrite, result }: ListCardProps) {
  const { count } = useFormats();
  const busy = useNavigation().formMethod === 'POST';
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => { if (result?.ok === true) form.current?.reset(); }, [result]);
  return (
    <Card title="The list" note={`${count(people)} ${people === 1 ? 'person stands' : 'people stand'} on it${members === people ? '' : `; ${count(members)} ${members === 1 ? 'is' : 'are'} in the segment`}`}>
      <div className="flex flex-col gap-3">
        {result !== undefined && result.errors['list'] === undefined && <ListNotice result={result} />}
        {mayWrite && (
          <details className="group" open={result?.ok === false ? true : undefined}>
            <summary className="flex min-h-8 cursor-pointer items-center justify-between gap-3 rounded-control text-14">Put people on it or take them off <span aria-hidden className="text-muted transition-transform group-open:rotate-90">›</span></summary>
            <Form ref={form} method="post" encType="multipart/form-data" preventScrollReset className="mt-2 flex flex-col gap-3">
              <FieldShell label="Addresses or ids" error={result?.errors['list']} help="E-mail addresses, ids at your platform or our own ids, one a line; up to 50,000 at once">
                {(ids) => <textarea {...ids} name="list" rows={4} spellCheck={false} className="w-full resize-y rounded-control border border-edge bg-surface px-3 py-2 font-mono text-13 text-ink aria-invalid:border-negative" />}
              </FieldShell>
              <FieldShell label="Or a file" help="Read instead of what stands above, and not kept">
                {(ids) => <input {...ids} type="file" name="file" accept=".csv,.txt,text/csv,text/plain" className="w-full min-w-0 text-13" />}
              </FieldShell>
              <div className="flex flex-wrap gap-2">
                <Button small look="primary" type="submit" name="intent" value="list-add" aria-disabled={busy}>Put them on it</Button>
                <Button small type="submit" name="intent" value="list-remove" aria-disabled={busy}>Take them off</Button>
              </div>
            </Form>
          </details>
        )}
      </div>
    </Card>
  );
}

/** What was done, with its undo. */
export function ListNotice({ result }: { result: ListResult }) {
  const { count } = useFormats();
  return <UndoNotice result={result.list === null ? result : { ...result, message: changeWords(result.list, count) }} />;
}

function changeWords({ way, names, changed, unchanged, unknown }: ListChangeWords, count: (n: number) => string): string {
  const people = (n: number): string => `${count(n)} ${n === 1 ? 'person' : 'people'}`;
  const did = changed === 0 ? 'Nobody' : people(changed);
  return [
    way === 'add' ? `${did} put on the list` : `${did} taken off the list`,
    ...(unchanged === 0 ? [] : [way === 'add' ? `${people(unchanged)} stood on it already` : `${people(unchanged)} did not stand on it`]),
    ...(unknown.count === 0 ? [] : [`${count(unknown.count)} of ${count(names)} ${names === 1 ? 'name' : 'names'} ${unknown.count === 1 ? 'leads' : 'lead'} to nobody we know: ${unknown.first.slice(0, 5).join(', ')}${unknown.count > 5 ? ', …' : ''}`]),
  ].join('. ') + '.';
}

/** In a row of the members; the row itself is a link. */
export function TakeOff({ customerId, name }: { customerId: string; name: string }) {
  return (
    <Form method="post" preventScrollReset className="relative z-1">
      <input type="hidden" name="list" value={customerId} />
      <button type="submit" name="intent" value="list-remove" title={`Take ${name} off the list`} aria-label={`Take ${name} off the list`} className="flex size-8 items-center justify-center rounded-control text-muted transition-colors hover:bg-line hover:text-ink"><X aria-hidden className="size-4" /></button>
    </Form>
  );
}
