/** Asks who matches while somebody edits: a moment after the last stroke, never two questions at once, the last answer stays until the next is there. */
import { useEffect, useRef, useState } from 'react';
import type { SegmentPreview } from '#operations/segment-preview';

export interface Preview {
  /** Of the filter asked last that was answered; null before the first. */
  answer: SegmentPreview | null;
  /** The answer is of an earlier filter, and has been for long enough to say so. */
  stale: boolean;
  /** Why there is no newer answer. */
  problem: string | null;
}

const QUIET_MS = 250;
/** An answer that comes sooner than this replaces the last without a sign. */
const PATIENCE_MS = 500;
const KEPT = 50;

/** @param filter as JSON; null while the draft says nothing that can be asked */
export function usePreview(filter: string | null, loaded: { filter: string; answer: SegmentPreview } | null): Preview {
  const [shown, setShown] = useState<{ filter: string; answer: SegmentPreview } | null>(loaded);
  const [problem, setProblem] = useState<string | null>(null);
  const [slow, setSlow] = useState(false);
  const known = useRef(new Map<string, SegmentPreview>(loaded === null ? [] : [[loaded.filter, loaded.answer]]));

  useEffect(() => {
    setProblem(null);
    setSlow(false);
    if (filter === null) return;
    const remembered = known.current.get(filter);
    if (remembered !== undefined) {
      setShown({ filter, answer: remembered });
      if (remembered.exact) return;
    }
    const abort = new AbortController();
    // What is known as an estimate, such as the answer that the page came with, is asked for exactly.
    let timer = setTimeout(() => ask(remembered !== undefined), QUIET_MS);
    const patience = setTimeout(() => setSlow(true), QUIET_MS + PATIENCE_MS);
    function ask(exact = false): void {
      void askPreview(filter ?? '', exact, abort.signal).then((outcome) => {
        if (abort.signal.aborted) return;
        if (outcome.kind === 'later') {
          setProblem('Many questions in a short time: asking again in a moment.');
          timer = setTimeout(() => ask(exact), outcome.seconds * 1000);
          return;
        }
        clearTimeout(patience);
        setSlow(false);
        if (outcome.kind === 'failed') {
          setProblem(outcome.message);
          return;
        }
        setProblem(null);
        // Of a very large base an estimate comes first.
        if (!outcome.answer.exact && !exact) ask(true);
        if (known.current.size >= KEPT) known.current.clear();
        known.current.set(filter ?? '', outcome.answer);
        setShown({ filter: filter ?? '', answer: outcome.answer });
      });
    }
    return () => {
      abort.abort();
      clearTimeout(timer);
      clearTimeout(patience);
    };
  }, [filter]);

  return { answer: shown?.answer ?? null, stale: filter === null ? shown !== null : shown?.filter !== filter && (slow || problem !== null), problem };
}

type Outcome = { kind: 'answer'; answer: SegmentPreview } | { kind: 'later'; seconds: number } | { kind: 'failed'; message: string };

async function askPreview(filter: string, exact: boolean, signal: AbortSignal): Promise<Outcome> {
  try {
    const response = await fetch('/segments/preview', { method: 'POST', body: new URLSearchParams({ filter, ...(exact && { exact: '1' }) }), signal, headers: { accept: 'application/json' } });
    if (response.status === 429) return { kind: 'later', seconds: Math.min(60, Math.max(1, Number(response.headers.get('retry-after') ?? '5'))) };
    const body: unknown = await response.json();
    if (response.ok && isAnswer(body)) return { kind: 'answer', answer: body };
    const said = body instanceof Object && 'message' in body && typeof body.message === 'string' ? body.message : null;
    return { kind: 'failed', message: said ?? 'The count did not come. Change something, or try again in a moment.' };
  } catch {
    return { kind: 'failed', message: 'The count did not come: no connection just now.' };
  }
}

/** Our own route's answer: its shape is that of its type, this only tells it from an error page. */
function isAnswer(body: unknown): body is SegmentPreview {
  return body instanceof Object && 'count' in body && typeof body.count === 'number' && 'sample' in body && Array.isArray(body.sample);
}
