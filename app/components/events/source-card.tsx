/** One site that sends events: the lines to paste into its pages, which addresses may send, on and off. */
import { Form } from '@remix-run/react';
import { useId } from 'react';
import type { EventSourceView } from '#operations/event-sources';
import type { FormResult } from '../forms/form-result.ts';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Notice } from '../ui/notice.tsx';
import { siteSnippet } from './site-snippet.ts';

interface SourceCardProps {
  source: EventSourceView;
  /** Of this service. */
  origin: string;
  canManage: boolean;
  result: (FormResult & { sourceId?: string }) | undefined;
  busy: boolean;
}

export function SourceCard({ source, origin, canManage, result, busy }: SourceCardProps) {
  const id = useId();
  const mine = result?.sourceId === source.id ? result : undefined;
  const off = source.disabledAt !== null;
  const snippet = siteSnippet(origin, source.writeKey);
  return (
    <Card title={source.name} note={off ? 'Switched off: what it sends is refused' : source.allowedOrigins.length === 0 ? 'No page may send yet: add the address of your shop' : source.allowedOrigins.join(', ')} actions={canManage ? <Switch source={source} off={off} /> : undefined}>
      <div className="flex flex-col gap-5">
        {mine?.message != null && <Notice tone={mine.ok ? 'good' : 'bad'} role={mine.ok ? 'status' : 'alert'}>{mine.message}</Notice>}
        <div>
          <div className="flex items-center justify-between gap-3">
            <p id={id} className="text-13 font-strong">Paste this before &lt;/head&gt; in your shop’s pages</p>
            <CopyButton text={snippet} what="the lines for your pages" />
          </div>
          <pre tabIndex={0} role="region" aria-labelledby={id} className="mt-2 max-h-48 overflow-auto rounded-control border border-line bg-sunken p-3 font-mono text-12 break-all whitespace-pre-wrap">{snippet}</pre>
          <p className="mt-2 text-13 text-muted text-pretty">
            It sends nothing and keeps nothing until the visitor agrees: call <code className="font-mono text-12">perennial.consent(true)</code> from your consent banner.
            After a sign-in, call <code className="font-mono text-12">{"perennial.identify({ externalId: '…', source: 'shopify' })"}</code>; anything else with <code className="font-mono text-12">{"perennial.track('add_to_cart', { product: '…', value: 12.5 })"}</code>.
          </p>
        </div>
        {canManage && (
          <Form method="post" className="flex flex-col gap-4 sm:flex-row sm:items-start" key={source.allowedOrigins.join()}>
            <input type="hidden" name="id" value={source.id} />
            <div className="grow">
              <TextField label="Addresses that may send" name="origins" defaultValue={source.allowedOrigins.join(' ')} placeholder="https://shop.example" help="Scheme and host, with spaces between several" error={originsError(mine)} />
            </div>
            <Button type="submit" name="intent" value="save" aria-disabled={busy} className="sm:mt-6.5">Save</Button>
          </Form>
        )}
      </div>
    </Card>
  );
}

/** The first complaint about any of the origins. */
export function originsError(result: FormResult | undefined): string | undefined {
  return result === undefined ? undefined : Object.entries(result.errors).find(([path]) => path.startsWith('allowedOrigins') || path === 'origins')?.[1];
}

function Switch({ source, off }: { source: EventSourceView; off: boolean }) {
  return (
    <div className="-mt-1 flex shrink-0 gap-2">
      <Form method="post">
        <input type="hidden" name="id" value={source.id} />
        <Button small type="submit" name="intent" value={off ? 'on' : 'off'}>{off ? 'Switch on' : 'Switch off'}</Button>
      </Form>
      <ConfirmDialog trigger="Remove" title={`Remove ${source.name}?`} keep="Keep it" confirm="Remove" intent="remove" id={source.id}>
        Its key stops working within a minute, for good. Events it brought stay.
      </ConfirmDialog>
    </div>
  );
}
