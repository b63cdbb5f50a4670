/** Nights as rows that open: when, how it went, and what each step found. */
import { CircleCheck, CircleDashed, CirclePlay, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useFetcher } from '@remix-run/react';
import type { RunStepView, RunView } from '#operations/run-views';
import { useFormats } from '../../format/use-formats.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { stepTitle, stepWords } from './step-words.ts';

const STATES: Record<RunView['state'], { words: string; icon: LucideIcon; className: string }> = {
  running: { words: 'At work', icon: CirclePlay, className: 'text-muted' },
  done: { words: 'Done', icon: CircleCheck, className: 'text-positive' },
  failed: { words: 'Did not finish', icon: TriangleAlert, className: 'text-warning' },
  stopped: { words: 'Stopped in the middle', icon: TriangleAlert, className: 'text-warning' },
};

const STEP_ICONS: Record<RunStepView['state'], { icon: LucideIcon; className: string; words: string }> = {
  waiting: { icon: CircleDashed, className: 'text-muted', words: 'waits' },
  running: { icon: CirclePlay, className: 'text-muted', words: 'at work' },
  done: { icon: CircleCheck, className: 'text-positive', words: 'done' },
  failed: { icon: TriangleAlert, className: 'text-warning', words: 'failed' },
};

function seconds(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000;
}

export function RunList({ runs, mayRestart }: { runs: RunView[]; mayRestart: boolean }) {
  return (
    <Card flush title="The last nights" note="Newest first; open one to see its steps">
      <ul className="border-t border-line">
        {runs.map((run, place) => <Run key={run.id} run={run} open={place === 0} mayRestart={mayRestart} />)}
      </ul>
    </Card>
  );
}

function Run({ run, open, mayRestart }: { run: RunView; open: boolean; mayRestart: boolean }) {
  const { day, time, duration } = useFormats();
  const { words, icon: Icon, className } = STATES[run.state];
  const took = seconds(run.startedAt, run.finishedAt);
  return (
    <li className="border-b border-line last:border-b-0">
      <details open={open}>
        <summary className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-1 px-5 py-2">
          <span className="figures font-strong">{run.day === null ? time(run.startedAt) : day(run.day)}</span>
          <span className="inline-flex items-center gap-1.5 text-13">
            <Icon aria-hidden className={`size-4 shrink-0 ${className}`} />
            {words}
            <span className="figures text-muted">{took === null ? '' : ` · ${duration(took)}`}{run.cause === 'asked' ? ' · asked for' : ''}</span>
          </span>
        </summary>
        <div className="px-5 pb-4">
          {run.error !== null && <div className="mb-3"><Notice tone="warning">{run.error} The figures of the night before serve until this is done.</Notice></div>}
          <ol className="flex flex-col gap-2">{run.steps.map((step) => <Step key={step.name} step={step} />)}</ol>
          {run.canRestart && mayRestart && <Restart id={run.id} />}
        </div>
      </details>
    </li>
  );
}

function Step({ step }: { step: RunStepView }) {
  const { count, duration } = useFormats();
  const { icon: Icon, className, words } = STEP_ICONS[step.state];
  const took = seconds(step.startedAt, step.finishedAt);
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-2.5 text-13">
      <Icon aria-hidden className={`mt-0.5 size-4 ${className}`} />
      <span className="min-w-0">
        <span className="sr-only">{words}: </span>{stepTitle(step.name)}
        <span className="block text-muted">{step.error ?? stepWords(step, count)}</span>
      </span>
      <span className="figures text-muted">{took === null ? '' : duration(took)}</span>
    </li>
  );
}

function Restart({ id }: { id: string }) {
  const fetcher = useFetcher<FormResult>();
  return (
    <fetcher.Form method="post" className="mt-3 flex flex-wrap items-center gap-3">
      <input type="hidden" name="id" value={id} />
      <Button small type="submit" name="intent" value="restart" aria-disabled={fetcher.state !== 'idle'}>Go on from here</Button>
      {fetcher.data?.message != null && <span role="status" className="text-13 text-muted">{fetcher.data.message}</span>}
    </fetcher.Form>
  );
}
