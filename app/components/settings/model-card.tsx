/** The model that speaks, how far to trust it, and the tries before it. */
import { Link, useFetcher } from '@remix-run/react';
import type { ModelRunView, ModelStatus } from '#operations/model-views';
import { useFormats } from '../../format/use-formats.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';

function sourceWords(source: ModelStatus['source']): string {
  switch (source) {
    case 'fitted': return 'Learned from your own orders';
    case 'nbd-limit': return 'Learned from your own orders; no measurable churn yet';
    case 'prior': return 'Too little data yet: typical shops speak, with wide ranges';
    case 'none': return 'Not fitted yet';
  }
}

export function ModelCard({ model, runs, mayRefit }: { model: ModelStatus; runs: ModelRunView[]; mayRefit: boolean }) {
  const fetcher = useFetcher<FormResult>();
  const { day, time, count } = useFormats();
  const fitting = fetcher.state !== 'idle';
  const { holdout, lastFailure } = model;
  return (
    <Card
      title="Forecast model"
      note={sourceWords(model.source)}
      actions={mayRefit && (
        <fetcher.Form method="post">
          <Button small type="submit" name="intent" value="refit" aria-disabled={fitting}>{fitting ? 'Refitting…' : 'Refit now'}</Button>
        </fetcher.Form>
      )}
    >
      <div className="flex flex-col gap-4">
        {fitting && (
          <div role="status">
            <progress aria-label="Refitting" className="progress w-full" />
            <p className="text-13 text-muted">Fitting to your orders, then valuing every customer again. The former model serves until then.</p>
          </div>
        )}
        {!fitting && fetcher.data?.message != null && <Notice tone={fetcher.data.ok ? 'good' : 'bad'} role="status">{fetcher.data.message}</Notice>}
        {lastFailure && <Notice tone="warning">The try of {time(lastFailure.at)} did not succeed, so the model before it serves. {lastFailure.error}</Notice>}
        <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
          <Fact label="Model">{model.model}</Fact>
          <Fact label="Learned from orders up to">{model.asOf === null ? '–' : day(model.asOf)}</Fact>
          <Fact label="Fitted">{model.fittedAt === null ? 'Not yet; it happens each night' : time(model.fittedAt)}</Fact>
          <Fact label="Checked on">{holdout === null ? 'Too little history to hold any back' : `${day(holdout.from)} to ${day(holdout.to)}: ${count(holdout.expectedOrders)} predicted, ${count(holdout.actualOrders)} happened`}</Fact>
        </dl>
        {model.notes.length > 0 && <ul className="flex flex-col gap-1 text-13 text-muted">{model.notes.map((note) => <li key={note}>{note}</li>)}</ul>}
        {runs.length > 0 && <Runs runs={runs} />}
        <p className="text-13"><Link className="underline underline-offset-2" to="/models">How well the models do</Link> · <Link className="underline underline-offset-2" to="/nights">What each night did</Link></p>
      </div>
    </Card>
  );
}

function Fact({ label, children }: { label: string; children: string }) {
  return <div><dt className="text-13 text-muted">{label}</dt><dd className="figures">{children}</dd></div>;
}

function Runs({ runs }: { runs: ModelRunView[] }) {
  const { time } = useFormats();
  return (
    <div>
      <h3 className="text-13">Fits so far</h3>
      <ul className="mt-1.5">
        {runs.slice(0, 10).map((run) => (
          <li key={run.id} className="border-t border-line">
            <details className="group">
              <summary className="flex flex-wrap items-center justify-between gap-x-4 rounded-control py-2 text-13">
                <span className="figures">{time(run.createdAt)}</span>
                <span className="text-muted">{run.serving ? 'serves now' : run.error === null ? 'replaced' : 'did not succeed'}</span>
              </summary>
              <div className="pb-3 text-13">
                {run.error !== null && <p className="mb-2">{run.error}</p>}
                <p className="text-muted">{run.model}, as of {run.asOf}, {run.source}</p>
                <pre className="mt-2 max-h-64 overflow-auto rounded-control bg-sunken p-3 font-mono text-12">{JSON.stringify({ parameters: run.parameters, evidence: run.evidence }, null, 2)}</pre>
              </div>
            </details>
          </li>
        ))}
      </ul>
    </div>
  );
}
