/** A discovery that is at work, or that ended without finding anything. */
import { Form } from '@remix-run/react';
import type { DiscoveryView } from '#operations/discovery-views';
import { useFormats } from '../../format/use-formats.tsx';
import { customersWords } from '../../format/words.ts';
import { useRevalidateEvery } from '../events/use-revalidate-every.ts';
import { Bar } from '../ui/bar.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { stageWords } from './words.ts';

const LOOK_MS = 1_000;

export function ProgressCard({ discovery, mayStop }: { discovery: DiscoveryView; mayStop: boolean }) {
  const again = <ButtonLink to="/discover" look="primary">Look for groups again</ButtonLink>;
  if (discovery.state === 'cancelled') return <Card><EmptyState title="Stopped" action={again}>Nothing was kept of it.</EmptyState></Card>;
  if (discovery.state === 'failed') return <Card><EmptyState title="This could not be done" action={again}>{discovery.error ?? ''}</EmptyState></Card>;
  return <AtWork discovery={discovery} mayStop={mayStop} />;
}

function AtWork({ discovery, mayStop }: { discovery: DiscoveryView; mayStop: boolean }) {
  const { percent, count } = useFormats();
  useRevalidateEvery(LOOK_MS);
  return (
    <Card title="Looking for groups">
      <div role="status" className="flex flex-col gap-3">
        <p>{stageWords(discovery.stage)}{discovery.customers === null ? '' : ` · ${customersWords(discovery.customers, count)}`} · {percent(discovery.progress)}</p>
        <Bar share={discovery.progress} className="h-2" />
      </div>
      <div className="mt-4 flex items-center gap-3">
        {mayStop && <Form method="post"><Button type="submit" name="intent" value="cancel">Stop</Button></Form>}
        <p className="text-13 text-muted">You may leave this page; it goes on.</p>
      </div>
    </Card>
  );
}
