/** Lets a site send events. */
import { Form } from '@remix-run/react';
import type { FormResult } from '../forms/form-result.ts';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { originsError } from './source-card.tsx';

export function SourceForm({ result, busy, first }: { result: FormResult | undefined; busy: boolean; first: boolean }) {
  return (
    <Card title={first ? 'Let your shop send events' : 'Add another site'} note="You get two lines to paste into its pages.">
      <Form method="post" className="flex max-w-xl flex-col gap-4">
        {result?.message != null && !result.ok && <Notice tone="bad" role="alert">{result.message}</Notice>}
        <TextField label="Name" name="name" required maxLength={80} placeholder="My shop" help="Only for you, to tell several sites apart" error={result?.errors.name} />
        <TextField label="Address of the site" name="origins" placeholder="https://shop.example" help="Only pages from there may send; with spaces between several" error={originsError(result)} />
        <div><Button type="submit" look="primary" name="intent" value="create" aria-disabled={busy}>{busy ? 'Adding…' : 'Add site'}</Button></div>
      </Form>
    </Card>
  );
}
