/** Contracts that renew: what they bring a month, who leaves, what they are worth, and which they are. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { getRecurringRevenue, listSubscriptions, subscriptionStatus } from '#operations/subscriptions';
import { requireContext } from '../context.server.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { RecurringTiles } from '../components/subscriptions/recurring-tiles.tsx';
import { RecurringTrend } from '../components/subscriptions/recurring-trend.tsx';
import { STATUS_WORDS } from '../components/subscriptions/status-badge.tsx';
import { SubscriptionsTable } from '../components/subscriptions/subscriptions-table.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { Segmented } from '../components/ui/segmented.tsx';
import { useFormats } from '../format/use-formats.tsx';

export const meta: MetaFunction = () => [{ title: 'Subscriptions · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const status = subscriptionStatus(new URL(args.request.url).searchParams.get('status')) ?? null;
  const [recurring, list] = await Promise.all([getRecurringRevenue(ctx), listSubscriptions(ctx, { status: status ?? undefined })]);
  return { recurring, list, status };
}

export default function SubscriptionsPage() {
  const { recurring, list, status } = useLoaderData<typeof loader>();
  const { count } = useFormats();
  if (recurring.empty && list.rows.length === 0 && status === null) return <NoSubscriptions />;
  const { notIncluded } = recurring;
  const all = recurring.statuses.reduce((sum, row) => sum + row.subscriptions, 0);
  return (
    <Page title="Subscriptions" lead="Contracts that renew by themselves, and the money they bring without another decision to buy.">
      {notIncluded.length > 0 && (
        <Notice tone="warning">
          {notIncluded.map((gap) => `${count(gap.subscriptions)} in ${gap.currency}`).join(', ')} {notIncluded.length === 1 && notIncluded[0]?.subscriptions === 1 ? 'is' : 'are'} not in these sums: there is no exchange rate to {recurring.currency} yet.
        </Notice>
      )}
      <RecurringTiles recurring={recurring} />
      <RecurringTrend months={recurring.months} />
      <Card
        flush title="All subscriptions"
        actions={
          <Segmented label="Status" options={[
            { to: '/subscriptions', label: `All ${count(all)}`, current: status === null },
            ...recurring.statuses.map((row) => ({
              to: `/subscriptions?status=${row.status}`, label: `${STATUS_WORDS[row.status].name} ${count(row.subscriptions)}`, current: status === row.status,
            })),
          ]} />
        }
      >
        <SubscriptionsTable key={status ?? 'all'} first={list} status={status} />
      </Card>
    </Page>
  );
}

function NoSubscriptions() {
  return (
    <Page title="Subscriptions">
      <Card>
        <EmptyState
          title="No subscriptions yet"
          action={<ButtonLink to="/integrations" look="primary">Connect Stripe</ButtonLink>}
          learn="Once connected, those you have already are read as well."
        >
          Sell by subscription through Stripe, and what it brings a month, who leaves and what the rest is worth stand here.
        </EmptyState>
      </Card>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
