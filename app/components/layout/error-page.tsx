/** What happened, what is safe, the request id, what to do. */
import { isRouteErrorResponse, Link, useRouteError, useRouteLoaderData } from '@remix-run/react';
import { z } from 'zod';
import type { loader as rootLoader } from '../../root.tsx';
import { buttonClass } from '../ui/button.tsx';

const problem = z.object({ message: z.string().optional(), requestId: z.string().optional() });

interface Told {
  title: string;
  happened: string;
  safe: string;
  todo: string;
  requestId: string | null;
  /** Whether the same address may answer better in a moment. */
  again: boolean;
}

export function tellError(error: unknown): Told {
  const safe = 'Your orders and customers are safe: orders that arrive are kept and counted even while a page fails.';
  if (isRouteErrorResponse(error)) {
    const said = problem.safeParse(error.data);
    const requestId = said.success ? (said.data.requestId ?? null) : null;
    const message = said.success ? said.data.message : undefined;
    if (error.status === 404) {
      return { title: 'There is nothing here', happened: message ?? 'The address is mistyped, or what it named was removed.', safe: 'Nothing was changed.', todo: 'Go to the dashboard, or search for a page or a customer.', requestId, again: false };
    }
    if (error.status === 403) {
      return { title: 'Your role does not include this', happened: message ?? 'This page needs more rights than your account has.', safe: 'Nothing was changed.', todo: 'Ask an admin of your company to do it or to change your role.', requestId, again: false };
    }
    if (error.status === 429) {
      return { title: 'Too many requests', happened: message ?? 'This account asked for more pages than one minute allows.', safe: 'Nothing was changed.', todo: 'Wait a minute, then try again.', requestId, again: true };
    }
    return { title: 'This page could not be made', happened: message ?? 'Something failed on our side.', safe, todo: 'Try again in a moment. If it stays, send us the request id.', requestId, again: true };
  }
  return { title: 'This page could not be shown', happened: 'Something failed while the page was drawn.', safe, todo: 'Reload the page. If it fails again, send us the request id.', requestId: null, again: true };
}

export function ErrorPage() {
  const told = tellError(useRouteError());
  const page = useRouteLoaderData<typeof rootLoader>('root');
  // A defect is told to nobody but the log; the page's own request leads to it there.
  const requestId = told.requestId ?? page?.requestId ?? null;
  return (
    <div className="mx-auto flex w-full max-w-xl flex-col gap-4 px-4 py-16">
      <h1 className="text-28 font-strong">{told.title}</h1>
      <p className="text-16">{told.happened}</p>
      <p className="text-muted">{told.safe}</p>
      <p className="text-muted">{told.todo}</p>
      {requestId !== null && <p className="text-13 text-muted">Request id <code className="font-mono text-ink select-all">{requestId}</code></p>}
      <div className="mt-2 flex gap-2">
        {told.again && <a href="" className={buttonClass('primary')}>Try again</a>}
        <Link to="/" className={buttonClass(told.again ? 'plain' : 'primary')}>Go to the dashboard</Link>
      </div>
    </div>
  );
}
