/** In the demo shop: posts one real signed order, to watch it arrive. */
import { useFetcher } from '@remix-run/react';
import { z } from 'zod';
import { Button } from '../ui/button.tsx';

const answer = z.object({ message: z.string() });

export function LiveOrderButton() {
  const fetcher = useFetcher<unknown>();
  const said = answer.safeParse(fetcher.data);
  return (
    <div className="flex flex-wrap items-center gap-3">
      <fetcher.Form method="post" action="/demo/live-order">
        <Button type="submit" look="primary" aria-disabled={fetcher.state !== 'idle'}>{fetcher.state === 'idle' ? 'Send a live order' : 'Sending…'}</Button>
      </fetcher.Form>
      <p role="status" className="text-13 text-muted">{said.success ? said.data.message : 'Posts one signed order to the demo shop’s own webhook address.'}</p>
    </div>
  );
}
