/** Kept mappings: rename, delete. */
import { useFetcher } from '@remix-run/react';
import { useState } from 'react';
import type { SavedMapping } from '#operations/import-mappings';
import type { action } from '../../routes/_app.import.tsx';
import { useFormats } from '../../format/use-formats.tsx';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function MappingList({ mappings }: { mappings: SavedMapping[] }) {
  if (mappings.length === 0) return null;
  return (
    <Card flush title="Kept mappings" note="Offered for files with the same headings. The one used last is taken without asking.">
      <ul>{mappings.map((saved) => <MappingRow key={saved.id} saved={saved} />)}</ul>
    </Card>
  );
}

function MappingRow({ saved }: { saved: SavedMapping }) {
  const { Form, data, state } = useFetcher<typeof action>();
  const { time } = useFormats();
  const [renaming, setRenaming] = useState(false);
  const refused = data?.ok === false ? data.errors['name'] ?? data.message ?? undefined : undefined;
  const busy = state !== 'idle';
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 border-t border-line px-5 py-3">
      {renaming ? (
        <Form method="post" className="flex w-full max-w-md items-start gap-2" onSubmit={() => setRenaming(false)}>
          <input type="hidden" name="id" value={saved.id} />
          <div className="min-w-0 grow"><TextField label="Name" name="name" defaultValue={saved.name} maxLength={100} required autoFocus /></div>
          <Button small type="submit" name="intent" value="rename-mapping" className="mt-7.5">Rename</Button>
          <Button small className="mt-7.5" onClick={() => setRenaming(false)}>Leave it</Button>
        </Form>
      ) : (
        <>
          <div className="min-w-0">
            <p className="truncate font-strong">{saved.name}</p>
            <p className="figures text-13 text-muted">{saved.usedAt === null ? `Kept ${time(saved.createdAt)}` : `Last used ${time(saved.usedAt)}`}</p>
            {refused !== undefined && <p role="alert" className="text-13 text-negative">{refused}</p>}
          </div>
          <Form method="post" className="flex gap-1">
            <input type="hidden" name="id" value={saved.id} />
            <Button small look="quiet" disabled={busy} onClick={() => setRenaming(true)}>Rename</Button>
            <Button small look="quiet" type="submit" name="intent" value="delete-mapping" disabled={busy}>Delete</Button>
          </Form>
        </>
      )}
    </li>
  );
}
