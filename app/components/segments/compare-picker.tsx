/** Which segments are compared: without scripts too. */
import { Form } from '@remix-run/react';
import { useState } from 'react';
import { useFormats } from '../../format/use-formats.tsx';
import { membersWords } from '../../format/words.ts';
import { Button } from '../ui/button.tsx';

interface ComparePickerProps {
  segments: readonly { id: string; name: string; members: number }[];
  chosen: readonly string[];
  least: number;
  most: number;
  isOpen: boolean;
}

/** A list that one does not see at a glance has a search above it. */
const LONG = 12;

export function ComparePicker({ segments, chosen, least, most, isOpen }: ComparePickerProps) {
  const { count } = useFormats();
  const [sought, setSought] = useState('');
  const isShown = (name: string): boolean => name.toLowerCase().includes(sought.trim().toLowerCase());
  return (
    <details open={isOpen} className="rounded-card border border-line bg-surface">
      <summary className="cursor-pointer px-5 py-3 text-14 font-strong">Choose {least} to {most} segments</summary>
      <Form method="get" className="flex flex-col gap-3 border-t border-line px-5 py-4">
        {segments.length > LONG && (
          <label className="flex max-w-sm flex-col gap-1.5 text-13 font-strong">
            Find
            <input type="search" value={sought} onChange={(event) => setSought(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === 'Enter') event.preventDefault(); }} className="h-10 w-full rounded-control border border-edge bg-surface px-3 text-14 font-normal text-ink" />
          </label>
        )}
        <fieldset className="grid max-h-80 min-w-0 grid-cols-1 gap-x-6 overflow-y-auto sm:grid-cols-2 lg:grid-cols-3">
          <legend className="sr-only">Segments to compare</legend>
          {segments.map((one) => (
            <label key={one.id} className={`min-h-9 items-center gap-3 text-14 ${isShown(one.name) ? 'flex' : 'hidden'}`}>
              <input type="checkbox" name="with" value={one.id} defaultChecked={chosen.includes(one.id)} className="size-4.5 shrink-0 accent-accent" />
              <span className="min-w-0 truncate">{one.name}</span>
              <span className="figures ml-auto shrink-0 text-13 text-muted">{membersWords(one.members, count)}</span>
            </label>
          ))}
        </fieldset>
        <div><Button type="submit" look="primary">Compare</Button></div>
      </Form>
    </details>
  );
}
