/** How the platform's side of an integration looks, and what to do about it. */
import { useFetcher, useRevalidator } from '@remix-run/react';
import { useState } from 'react';
import { z } from 'zod';
import type { IntegrationView } from '#operations/integration-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { Notice, type NoticeTone } from '../ui/notice.tsx';
import type { SecretAnswer } from './secret-answer.ts';

const TONES: Record<NonNullable<IntegrationView['health']>['state'], NoticeTone> = { healthy: 'good', disabled: 'warning', missing: 'warning', unknown: 'info' };

export function HealthNotice({ integration }: { integration: IntegrationView }) {
  const { time } = useFormats();
  const { health, greetedAt, platformName, checkable } = integration;
  const greeting = greetedAt === null ? null : `${platformName} has reached this address. Connected, waiting for the first order.`;
  if (health === null) {
    return (
      <>
        {greeting !== null && <Notice tone="good">{greeting}</Notice>}
        {checkable && <Notice><Line text={`Whether the webhooks are on at ${platformName} has not been looked at yet.`} action="Look now" /></Notice>}
      </>
    );
  }
  return (
    <>
      {greeting !== null && health.state !== 'missing' && <Notice tone="good">{greeting}</Notice>}
      <Notice tone={TONES[health.state]} role={health.state === 'healthy' ? undefined : 'status'}>
        <Line text={health.detail} note={`Looked at ${time(health.checkedAt)}`} action="Look again" />
      </Notice>
      {health.gap !== null && <GapNotice integrationId={integration.id} platformName={platformName} gap={health.gap} />}
    </>
  );
}

function Line({ text, note, action }: { text: string; note?: string; action: string }) {
  const fetcher = useFetcher<SecretAnswer>();
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <p>{text}{note !== undefined && <span className="figures text-muted"> {note}.</span>}</p>
      <fetcher.Form method="post">
        <Button small type="submit" name="intent" value="check" aria-disabled={fetcher.state !== 'idle'}>{fetcher.state === 'idle' ? action : 'Asking…'}</Button>
      </fetcher.Form>
      {fetcher.data?.message != null && <p role="alert">{fetcher.data.message}</p>}
    </div>
  );
}

const problem = z.object({ detail: z.string() });

function GapNotice({ integrationId, platformName, gap }: { integrationId: string; platformName: string; gap: { label: string; at: string } }) {
  const { time } = useFormats();
  const { revalidate } = useRevalidator();
  const [state, setState] = useState<'idle' | 'asking' | 'started'>('idle');
  const [refusal, setRefusal] = useState<string | null>(null);

  const fetchMissing = async () => {
    setState('asking');
    setRefusal(null);
    try {
      // From the day before: what else is missing is older than the order that was noticed.
      const from = new Date(Date.parse(gap.at) - 86_400_000).toISOString().slice(0, 10);
      const response = await fetch(`/api/v1/integrations/${integrationId}/backfill`, {
        method: 'POST', headers: { 'content-type': 'application/json', 'x-requested-with': 'perennial' }, body: JSON.stringify({ from }),
      });
      if (!response.ok) {
        const said = problem.safeParse(await response.json());
        throw new Error(said.success ? said.data.detail : `The server answered ${response.status}. Try again in a moment.`);
      }
      setState('started');
      revalidate();
    } catch (error) {
      setState('idle');
      setRefusal(error instanceof Error ? error.message : 'Nothing was fetched. Try again in a moment.');
    }
  };

  return (
    <Notice tone="warning" role="status">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p>Order {gap.label} of {time(gap.at)} is at {platformName} and has not arrived here.</p>
        {state === 'started'
          ? <p>What is missing is being fetched.</p>
          : <Button small type="button" onClick={() => { void fetchMissing(); }} aria-disabled={state === 'asking'}>{state === 'asking' ? 'Asking…' : 'Fetch what is missing'}</Button>}
        {refusal !== null && <p role="alert">{refusal}</p>}
      </div>
    </Notice>
  );
}
