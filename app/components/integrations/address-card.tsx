/** The webhook address and secret to give to the platform, with copy buttons. */
import { useFetcher } from '@remix-run/react';
import { useId } from 'react';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import type { SecretAnswer } from './secret-answer.ts';

interface AddressCardProps {
  address: string;
  topics: string[];
  setup: string[];
  platformName: string;
  /** Shown at once after the integration was made; else on demand. */
  secret: string | null;
}

export function AddressCard({ address, topics, setup, platformName, secret }: AddressCardProps) {
  return (
    <Card title={`Give this to ${platformName}`}>
      <div className="flex flex-col gap-5">
        <Copyable label="Webhook address" text={address} />
        <Secret shown={secret} />
        <div>
          <h3 className="text-13">Steps</h3>
          <ol className="mt-2 flex flex-col gap-2">
            {setup.map((step, index) => (
              <li key={step} className="flex gap-3">
                <span className="figures flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-12 font-strong">{index + 1}</span>
                <span className="text-pretty">{step}</span>
              </li>
            ))}
          </ol>
        </div>
        <div>
          <h3 className="text-13">Topics</h3>
          <ul className="mt-2 flex flex-wrap gap-1.5">
            {topics.map((topic) => <li key={topic} className="rounded-control bg-sunken px-2 py-0.5 font-mono text-12">{topic}</li>)}
          </ul>
        </div>
      </div>
    </Card>
  );
}

function Copyable({ label, text }: { label: string; text: string }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="text-13 font-strong">{label}</label>
      <div className="mt-1.5 flex items-center gap-2">
        <input id={id} readOnly value={text} onFocus={(event) => event.currentTarget.select()} className="h-8 min-w-0 grow rounded-control border border-line bg-sunken px-3 font-mono text-13" />
        <CopyButton text={text} what={label.toLowerCase()} />
      </div>
    </div>
  );
}

function Secret({ shown }: { shown: string | null }) {
  const fetcher = useFetcher<SecretAnswer>();
  const secret = shown ?? fetcher.data?.secret ?? null;
  if (secret !== null) return <Copyable label="Signing secret" text={secret} />;
  return (
    <div>
      <p className="text-13 font-strong">Signing secret</p>
      <div className="mt-1.5 flex flex-wrap items-center gap-3">
        <fetcher.Form method="post">
          <Button small type="submit" name="intent" value="reveal">{fetcher.state === 'idle' ? 'Show the secret' : 'Opening…'}</Button>
        </fetcher.Form>
        <p className="text-13 text-muted">{fetcher.data?.message ?? 'Kept encrypted; showing it is written to the log.'}</p>
      </div>
    </div>
  );
}
