/** Whether the audit log is as it was written: asked for, since it reads every entry. */
import { useFetcher } from '@remix-run/react';
import type { ChainFault, ChainReport } from '#operations/audit-chain';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';

function faultWords({ kind, position }: ChainFault): string {
  const place = position === null ? '' : ` ${String(position)}`;
  switch (kind) {
    case 'changed': return `Entry${place} is not what was sealed.`;
    case 'missing': return `Entry${place} is gone.`;
    case 'gap': return `Links from${place} on are gone.`;
    case 'stray': return 'An entry was never sealed: it was added later, or sealing was kept from it.';
    case 'cut': return 'The chain does not hold its last known link: its end was cut off, or it was written anew.';
  }
}

export function ChainCard() {
  const { Form, data, state } = useFetcher<ChainReport>();
  const { count } = useFormats();
  return (
    <Card title="Check that nothing was changed" note="Entries are only ever added. Every few minutes new ones are sealed into a chain, so that a change or a gap shows.">
      <Form method="post" className="flex flex-col items-start gap-3">
        <Button type="submit" disabled={state !== 'idle'}>{state === 'idle' ? 'Check the whole log' : 'Checking…'}</Button>
        <div className="w-full" aria-live="polite">
          {data?.intact === true && (
            <Notice tone="good">
              {data.head === null ? 'Nothing has been sealed yet.' : <>{count(data.checked)} {data.checked === 1 ? 'entry is' : 'entries are'} as they were sealed. The last seal is <span className="break-all">{data.head.hash}</span>: keep it elsewhere to prove the same later.</>}
            </Notice>
          )}
          {data?.intact === false && (
            <Notice tone="bad">
              <p>The log was changed. Tell whoever runs your database, and compare with a backup.</p>
              <ul className="mt-1 list-disc pl-5">{data.faults.map((fault, n) => <li key={n}>{faultWords(fault)}</li>)}</ul>
            </Notice>
          )}
        </div>
      </Form>
    </Card>
  );
}
