/** Keeps how the columns are read under a name, for the next file with the same headings. */
import { useFetcher } from '@remix-run/react';
import { useEffect, useRef, type FormEvent } from 'react';
import type { MappingInput } from '#core/commerce/csv/mapping';
import type { action } from '../../routes/_app.import.tsx';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';

export function KeepMapping({ headings, mapping, onKept }: { headings: string[]; mapping: MappingInput; onKept: (name: string) => void }) {
  const { Form, data, state } = useFetcher<typeof action>();
  const asked = useRef('');
  useEffect(() => {
    if (state === 'idle' && data?.ok === true && asked.current !== '') onKept(asked.current);
  }, [state, data, onKept]);
  const remember = (event: FormEvent<HTMLFormElement>) => {
    const name = new FormData(event.currentTarget).get('name');
    asked.current = typeof name === 'string' ? name.trim() : '';
  };
  return (
    <Form method="post" className="flex flex-wrap items-start gap-2" onSubmit={remember}>
      <input type="hidden" name="headings" value={JSON.stringify(headings)} />
      <input type="hidden" name="mapping" value={JSON.stringify(mapping)} />
      <div className="w-full max-w-72"><TextField label="Keep this mapping as" name="name" placeholder="Till export" maxLength={100} required error={data?.ok === false ? data.errors['name'] ?? data.message ?? undefined : undefined} /></div>
      <Button type="submit" name="intent" value="keep-mapping" className="mt-6.5" disabled={state !== 'idle'}>Keep</Button>
    </Form>
  );
}
