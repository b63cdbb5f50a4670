/** Requests about people's data, from platforms and by hand. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { isAllowed } from '#operations/permissions';
import { listPrivacyRequests } from '#operations/privacy';
import { requireContext } from '../context.server.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { RequestTable } from '../components/privacy/request-table.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Privacy requests · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => ({ requests: await listPrivacyRequests(ctx), mayAnswer: isAllowed(ctx.actor, 'privacy:manage') }));
}

export default function PrivacyPage() {
  const { requests, mayAnswer } = useLoaderData<typeof loader>();
  return (
    <Page title="Privacy requests" back={{ to: '/settings', label: 'Settings' }} lead="Who asked for their data or to be forgotten, by when, and what was done.">
      <RequestTable requests={requests} mayAnswer={mayAnswer} />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
