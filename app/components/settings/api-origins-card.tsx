/** Which sites' own pages may use the API from a browser. */
import { useFetcher } from '@remix-run/react';
import { TextField } from '../forms/field.tsx';
import { FormMessage } from '../forms/form-message.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

export function ApiOriginsCard({ origins }: { origins: string[] }) {
  const form = useFetcher<FormResult>();
  const result = form.data;
  const saving = form.state !== 'idle';
  return (
    <Card title="Pages that may use the API" note="Programs on servers need nothing here. A web page of yours may read your data with a token only when its origin is listed.">
      <form.Form method="post" className="flex flex-col gap-4">
        <FormMessage result={result} />
        <TextField label="Origins" name="apiOrigins" key={origins.join(' ')} defaultValue={origins.join(' ')} placeholder="https://app.shop.example" help="Scheme and host, with spaces between several; empty: no page of another site" error={Object.values(result?.errors ?? {})[0]} />
        <div><Button type="submit" name="intent" value="api-origins" aria-disabled={saving}>{saving ? 'Saving…' : 'Save'}</Button></div>
      </form.Form>
    </Card>
  );
}
