/** Where one segment is filed: its folder and tags as links into the list, and the form that changes them. */
import { Form, Link } from '@remix-run/react';
import { Folder, Tag } from 'lucide-react';
import { useId, useState } from 'react';
import { MOST_FOLDER, MOST_TAGS } from '#core/segments/filing';
import { fold } from '#core/segments/fold';
import type { SegmentView } from '#operations/segment-views';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';

type Filed = Pick<SegmentView, 'folder' | 'tags'>;

export interface KnownFiling {
  folders: string[];
  tags: string[];
}

export function FilingLinks({ filed: { folder, tags } }: { filed: Filed }) {
  if (folder === null && tags.length === 0) return null;
  const link = 'inline-flex min-h-6 items-center gap-1 wrap-anywhere underline-offset-2 hover:text-ink hover:underline';
  return (
    <p className="-mt-2 flex flex-wrap gap-x-4 gap-y-1 text-13 text-muted">
      {folder !== null && <Link to={`/segments?folder=${encodeURIComponent(folder)}`} className={link}><Folder aria-label="Folder" className="size-3.5 shrink-0" />{folder}</Link>}
      {tags.map((one) => <Link key={one} to={`/segments?tag=${encodeURIComponent(one)}`} className={link}><Tag aria-label="Tag" className="size-3.5 shrink-0" />{one}</Link>)}
    </p>
  );
}

/** Folder and tags as somebody writes them, tags with commas between. */
export interface FilingText {
  folder: string;
  tags: string;
}

interface FilingFieldsProps {
  filed: FilingText;
  known: KnownFiling;
  errors: Record<string, string>;
  autoFocus?: boolean;
}

export function FilingFields({ filed, known, errors, autoFocus = false }: FilingFieldsProps) {
  const [tags, setTags] = useState(filed.tags);
  const folders = useId(), offered = useId();
  const wrong = Object.entries(errors).find(([path]) => path.startsWith('tags'))?.[1];
  // A browser offers whole values: each is what stands before the last comma, and one tag more.
  const before = tags.includes(',') ? `${tags.slice(0, tags.lastIndexOf(',')).trim()}, ` : '';
  const taken = new Set(before.split(',').map((one) => fold(one.trim())));
  return (
    <>
      <div className="min-w-48 grow"><TextField label="Folder" name="folder" defaultValue={filed.folder} maxLength={MOST_FOLDER} list={folders} autoComplete="off" autoFocus={autoFocus} help="Empty: in none" error={errors['folder']} /></div>
      <div className="min-w-48 grow-2"><TextField label="Tags" name="tags" defaultValue={filed.tags} onChange={(event) => { setTags(event.target.value); }} list={offered} autoComplete="off" help={`At most ${String(MOST_TAGS)}, with commas between`} error={wrong} /></div>
      <datalist id={folders}>{known.folders.map((one) => <option key={one} value={one} />)}</datalist>
      <datalist id={offered}>{known.tags.filter((one) => !taken.has(fold(one))).map((one) => <option key={one} value={`${before}${one}`} />)}</datalist>
    </>
  );
}

export function FilingForm({ filed, known, busy, errors, onLeave }: { filed: Filed; known: KnownFiling; busy: boolean; errors: Record<string, string>; onLeave: () => void }) {
  return (
    <Form method="post" className="flex w-full flex-wrap items-start gap-2 rounded-card border border-line bg-surface p-4">
      <FilingFields filed={{ folder: filed.folder ?? '', tags: filed.tags.join(', ') }} known={known} errors={errors} autoFocus />
      <div className="flex gap-2 sm:mt-6.5">
        <Button onClick={onLeave}>Leave it</Button>
        <Button type="submit" look="primary" name="intent" value="file" aria-disabled={busy}>Keep</Button>
      </div>
    </Form>
  );
}
