/** Whether what is on screen is live, in words, with the delay of the last change. */
import { useEffect, useRef, useState } from 'react';
import type { LiveStatus } from '#core/live/client-state';
import { assertNever } from '#core/errors';
import { useFormats } from '../../format/use-formats.tsx';

interface FreshnessProps {
  status: LiveStatus;
  /** ISO 8601 of the last change received. */
  lastChangeAt: string | null;
}

export function Freshness({ status, lastChangeAt }: FreshnessProps) {
  const { decimal } = useFormats();
  const delay = useDelay(lastChangeAt);
  const seconds = delay === null ? null : `${decimal(delay / 1000, 1)} s`;
  switch (status) {
    case 'live':
      return (
        <Dot className="bg-accent" words={seconds === null ? 'live' : `live · ${seconds}`}
          title={seconds === null ? 'Changes appear here by themselves' : `The last change was on this screen ${seconds} after it was counted`} />
      );
    case 'connecting':
      return <Dot className="bg-transparent ring-2 ring-edge ring-inset" words="connecting" title="The figures are right; live changes start in a moment" />;
    case 'offline':
      return <Dot className="bg-warning" words="not live" title="The connection is lost. The figures are those of the last moment; we keep trying" />;
    default:
      return assertNever(status);
  }
}

const LATE_MS = 15_000;

/** Milliseconds between a change being counted and being seen here; null until one has arrived on this page. */
function useDelay(lastChangeAt: string | null): number | null {
  const seen = useRef<string | null>(null);
  const [delay, setDelay] = useState<number | null>(null);
  useEffect(() => {
    const known = seen.current;
    seen.current = lastChangeAt;
    // The first answer tells of changes before this page was open.
    if (lastChangeAt === null || known === null || lastChangeAt === known) return;
    const milliseconds = Date.now() - Date.parse(lastChangeAt);
    // So long means that the page slept or was cut off, not that the change was slow; clocks that differ give negatives.
    setDelay(milliseconds >= LATE_MS ? null : Math.max(0, milliseconds));
  }, [lastChangeAt]);
  return delay;
}

function Dot({ className, words, title }: { className: string; words: string; title: string }) {
  return (
    <span title={title} className="figures inline-flex items-center gap-2 text-13 whitespace-nowrap text-muted" data-testid="freshness">
      <span aria-hidden className={`size-2 rounded-full ${className}`} />
      {words}
    </span>
  );
}
