/** One customer: worth, why, orders, and who they are; live. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { ChevronLeft } from 'lucide-react';
import { getCustomer, getCustomerTimeline, listCustomerTransactions } from '#operations/customers';
import { getContracts } from '#operations/subscriptions';
import { requireContext } from '../context.server.ts';
import { AboutCustomer } from '../components/customer/about-customer.tsx';
import { ContractsCard } from '../components/customer/contracts-card.tsx';
import { Explanation } from '../components/customer/explanation.tsx';
import { OrdersTable } from '../components/customer/orders-table.tsx';
import { Timeline } from '../components/customer/timeline.tsx';
import { useRevalidateOnCustomer } from '../components/customer/use-revalidate-on-customer.ts';
import { ValueHead } from '../components/customer/value-head.tsx';
import { ValueHistory } from '../components/customer/value-history.tsx';
import { customerName } from '../components/customers/customer-name.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `${data ? customerName(data.customer) : 'Customer'} · Perennial` }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  return answer(args, async () => {
    const [customer, orders, timeline, contracts] = await Promise.all([
      getCustomer(ctx, id), listCustomerTransactions(ctx, id, { limit: 25 }), getCustomerTimeline(ctx, id), getContracts(ctx, id),
    ]);
    return { customer, orders, timeline, contracts };
  });
}

export default function CustomerPage() {
  const { customer, orders, timeline, contracts } = useLoaderData<typeof loader>();
  useRevalidateOnCustomer(customer.id);
  return (
    <Page
      title={customerName(customer)}
      lead={<Link to="/customers" className="inline-flex items-center gap-1 hover:text-ink"><ChevronLeft aria-hidden className="size-3.5" />All customers</Link>}
    >
      <ValueHead customer={customer} contract={contracts.contract} />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <ValueHistory history={customer.history} orders={customer.orders} asOf={customer.asOf} />
          <OrdersTable key={`${customer.id}-${orders.rows[0]?.id ?? ''}`} customerId={customer.id} first={orders} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <ContractsCard contracts={contracts} />
          <Explanation steps={customer.explanation} />
          <AboutCustomer customer={customer} />
          <Timeline entries={timeline} />
        </div>
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
