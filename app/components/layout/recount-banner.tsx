/** Says that figures are being recounted, and brings the new ones in when they are done. */
import { Link, useFetcher, useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { useFormats } from '../../format/use-formats.tsx';
import { resyncLive } from '../../hooks/use-live.ts';
import type { loader } from '../../routes/recount.ts';

const POLL_MS = 2_000;

interface Recount {
  /** Null when nothing is being recounted. */
  progress: number | null;
  /** Why it cannot go on just now. */
  hindrance: string | null;
}

/** @param loaded how it was when the page was loaded */
export function RecountBanner({ loaded }: { loaded: Recount }) {
  const { load, data } = useFetcher<typeof loader>();
  const { revalidate } = useRevalidator();
  const { percent } = useFormats();
  const working = loaded.progress !== null;
  // What was asked while an earlier recount was at work says nothing of this one.
  const now = working ? (data?.progress ?? loaded.progress) : null;
  const hindrance = data === undefined ? loaded.hindrance : data.hindrance;
  const asked = useRef(false);
  useEffect(() => {
    if (!working) return;
    asked.current = false;
    const timer = setInterval(() => { asked.current = true; load('/recount'); }, POLL_MS);
    return () => { clearInterval(timer); };
  }, [working, load]);
  useEffect(() => {
    if (!working || !asked.current || data === undefined || data.progress !== null) return;
    revalidate();
    resyncLive();
  }, [working, data, revalidate]);
  if (now === null) return null;
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-sunken px-4 py-2 text-13 md:px-6 xl:px-8">
      {hindrance !== null ? <span>New settings wait. {hindrance}. Until then you see the former figures. <Link to="/settings" className="underline underline-offset-2">What you can do</Link></span> : <><span>Figures are being recounted for the new settings, <span className="figures">{percent(now)}</span>. Until then you see the former ones.</span>
      <progress aria-hidden className="progress w-32" value={now} max={1} /></>}
    </div>
  );
}
