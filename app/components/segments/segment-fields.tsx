/** What every form of a segment has around its conditions: name, purpose, folder and tags, and the way out. */
import { Link, useNavigation } from '@remix-run/react';
import { useState, type FormEvent } from 'react';
import { TextField } from '../forms/field.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { isEdited } from '../forms/unsaved-guard.tsx';
import { Button, buttonClass } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { FilingFields, type FilingText, type KnownFiling } from './filing.tsx';

export interface SegmentAbout extends FilingText {
  name: string;
  description: string;
}

const FIELDS = ['name', 'description', 'folder', 'tags'];

export function SegmentFields({ about, known, result }: { about: SegmentAbout; known: KnownFiling; result: FormResult | undefined }) {
  const errors = result?.errors ?? {};
  return (
    <Card>
      <div className="grid gap-4 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <TextField label="Name" name="name" defaultValue={about.name} maxLength={100} required error={errors['name']} autoComplete="off" />
        <TextField label="What it is for" name="description" defaultValue={about.description} maxLength={1000} error={errors['description']} autoComplete="off" />
        <FilingFields filed={about} known={known} errors={errors} />
      </div>
    </Card>
  );
}

/** Whether these fields say something else than they were drawn with; `onChange` is the form's. */
export function useFieldsEdited(): { edited: boolean; onChange: (event: FormEvent<HTMLFormElement>) => void } {
  const [edited, setEdited] = useState(false);
  return { edited, onChange: (event) => setEdited(isEdited(event.currentTarget, FIELDS)) };
}

/** @param props.save what the button says; null for who may only look */
export function SaveOrLeave({ leaveTo, intent, save }: { leaveTo: string; intent: string; save: string | null }) {
  const saving = useNavigation().formMethod === 'POST';
  return (
    <>
      <Link to={leaveTo} className={buttonClass('plain')}>Leave it</Link>
      {save !== null && <Button type="submit" look="primary" name="intent" value={intent} aria-disabled={saving}>{saving ? 'Saving…' : save}</Button>}
    </>
  );
}
