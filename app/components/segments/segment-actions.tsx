/** What can be done with a segment: change, rename, file, pause, duplicate, archive. */
import { Form, useNavigation } from '@remix-run/react';
import { useEffect, useState } from 'react';
import type { SegmentView } from '#operations/segment-views';
import { TextField } from '../forms/field.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { FilingForm, type KnownFiling } from './filing.tsx';
import type { UndoableResult } from './undo-notice.tsx';

export function SegmentActions({ segment, known, result }: { segment: Pick<SegmentView, 'id' | 'name' | 'description' | 'status' | 'kind' | 'folder' | 'tags'>; known: KnownFiling; result: UndoableResult | undefined }) {
  const [form, setForm] = useState<'rename' | 'file' | null>(null);
  const leave = () => { setForm(null); };
  const { formMethod } = useNavigation();
  const busy = formMethod === 'POST';
  const refused = result?.ok === false ? (result.errors['name'] ?? result.errors['description']) : undefined;
  useEffect(() => { if (result?.ok === true) setForm(null); }, [result]);
  if (form === 'file') return <FilingForm filed={segment} known={known} busy={busy} errors={result?.ok === false ? result.errors : {}} onLeave={leave} />;
  if (form === 'rename') {
    return (
      <Form method="post" className="flex w-full flex-wrap items-start gap-2 rounded-card border border-line bg-surface p-4">
        <div className="min-w-48 grow"><TextField label="Name" name="name" defaultValue={segment.name} maxLength={100} required autoFocus error={refused} /></div>
        <div className="min-w-48 grow-2"><TextField label="What it is for" name="description" defaultValue={segment.description} maxLength={1000} /></div>
        <div className="flex gap-2 sm:mt-6.5">
          <Button onClick={leave}>Leave it</Button>
          <Button type="submit" look="primary" name="intent" value="rename" aria-disabled={busy}>Rename</Button>
        </div>
      </Form>
    );
  }
  return (
    <div className="flex flex-wrap gap-2">
      <Button small look="quiet" onClick={() => { setForm('rename'); }}>Rename</Button>
      <Button small look="quiet" onClick={() => { setForm('file'); }}>Folder and tags</Button>
      <Form method="post" className="flex gap-2" preventScrollReset>
        {segment.status === 'live'
          ? <Button small look="quiet" type="submit" name="intent" value="pause" aria-disabled={busy}>Pause</Button>
          : <Button small type="submit" name="intent" value="resume" aria-disabled={busy}>Make it live</Button>}
        <Button small look="quiet" type="submit" name="intent" value="duplicate" aria-disabled={busy}>Duplicate</Button>
      </Form>
      <ConfirmDialog trigger="Archive" look="quiet" intent="archive" title={`Archive ${segment.name}?`} keep="Keep it" confirm="Archive">
        Its members leave it and its name is free again. Its history stays. You can take this back right after.
      </ConfirmDialog>
      <ButtonLink small look="primary" to={`/segments/${segment.id}/edit`}>{segment.kind === 'rule' ? 'Change conditions' : 'Change'}</ButtonLink>
    </div>
  );
}
