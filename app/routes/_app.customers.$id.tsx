/** One customer: worth, why, orders, and who they are; live. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { AppError } from '#core/errors';
import { getCustomerActions } from '#operations/actions';
import { explainChurn } from '#operations/churn-reasons';
import { getCustomer, getCustomerTimeline, listCustomerTransactions } from '#operations/customers';
import { mergeCustomers } from '#operations/merge';
import { isAllowed } from '#operations/permissions';
import { makePrivacyRequest } from '#operations/privacy';
import { getRecommendations } from '#operations/recommendations';
import { explainMembership } from '#operations/segment-explain';
import { segmentsOfCustomer } from '#operations/segment-members';
import { getContracts } from '#operations/subscriptions';
import { requireContext } from '../context.server.ts';
import { CustomerAction } from '../components/actions/customer-action.tsx';
import { AboutCustomer } from '../components/customer/about-customer.tsx';
import { ChurnCard } from '../components/customer/churn-card.tsx';
import { ContractsCard } from '../components/customer/contracts-card.tsx';
import { Explanation } from '../components/customer/explanation.tsx';
import { OrdersTable } from '../components/customer/orders-table.tsx';
import { PeopleActions } from '../components/customer/people-actions.tsx';
import { Recommended } from '../components/customer/recommended.tsx';
import { Timeline } from '../components/customer/timeline.tsx';
import { useRevalidateOnCustomer } from '../components/customer/use-revalidate-on-customer.ts';
import { ValueHead } from '../components/customer/value-head.tsx';
import { ValueHistory } from '../components/customer/value-history.tsx';
import { ValueReasons } from '../components/customer/value-reasons.tsx';
import { customerName } from '../components/customers/customer-name.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import type { KnownSegment } from '../components/segments/language-context.tsx';
import { SegmentsCard, type Why } from '../components/segments/segments-card.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [{ title: `${data ? customerName(data.customer) : 'Customer'} · Perennial` }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  return answer(args, async () => {
    const [customer, orders, timeline, contracts, recommendations, segments, churn, actions] = await Promise.all([
      getCustomer(ctx, id), listCustomerTransactions(ctx, id, { limit: 25 }), getCustomerTimeline(ctx, id), getContracts(ctx, id), getRecommendations(ctx, id), segmentsOfCustomer(ctx, id), explainChurn(ctx, id), getCustomerActions(ctx, id),
    ]);
    // Somebody who was merged into another is found at that one's address.
    if (customer.id !== id) throw redirect(`/customers/${customer.id}`);
    const asked = new URL(args.request.url).searchParams;
    const why = await whyOf(ctx, { why: asked.get('why'), on: asked.get('on') }, id, segments);
    return { customer, orders, timeline, contracts, recommendations, segments, why, churn, actions, allowed: { merge: isAllowed(ctx.actor, 'customers:write'), erase: isAllowed(ctx.actor, 'privacy:manage') } };
  });
}

/** Null where no segment is asked for that there is. */
async function whyOf(ctx: Parameters<typeof explainMembership>[0], asked: { why: string | null; on: string | null }, customerId: string, segments: readonly KnownSegment[]): Promise<Why | null> {
  const segment = segments.find((one) => one.id === asked.why);
  if (segment === undefined) return null;
  const wanted = asked.on === null || asked.on === '' ? undefined : asked.on;
  const about = { segment: { id: segment.id, name: segment.name }, on: wanted ?? null };
  try {
    return { ...about, flaw: null, ...await explainMembership(ctx, segment.id, customerId, { on: wanted }) };
  } catch (error) {
    // A day that cannot be asked about: today's answer, and what is wrong with it.
    if (wanted === undefined || !(error instanceof AppError) || error.code !== 'invalid_input') throw error;
    return { ...about, on: null, flaw: error.publicMessage, ...await explainMembership(ctx, segment.id, customerId) };
  }
}

export async function action(args: ActionFunctionArgs): Promise<Response | FormResult> {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  const form = Object.fromEntries(await readForm(args, ['intent', 'into']));
  try {
    if (form.intent === 'merge') return redirect(`/customers/${await mergeCustomers(ctx, id, typeof form.into === 'string' ? form.into : '')}`);
    if (form.intent === 'data') {
      await makePrivacyRequest(ctx, { kind: 'data_request', customerId: id });
      return redirect('/privacy');
    }
    await makePrivacyRequest(ctx, { kind: 'erasure', customerId: id });
    return redirect('/customers');
  } catch (error) {
    return refused(error);
  }
}

export default function CustomerPage() {
  const { customer, orders, timeline, contracts, recommendations, segments, why, churn, actions, allowed } = useLoaderData<typeof loader>();
  const result = useActionData<FormResult>();
  useRevalidateOnCustomer(customer.id);
  return (
    <Page
      title={customerName(customer)}
      back={{ to: '/customers', label: 'All customers' }}
      actions={<PeopleActions key={customer.id} customer={customer} allowed={allowed} />}
    >
      <FormMessage result={result} />
      <ValueHead customer={customer} contract={contracts.contract} />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <ValueHistory history={customer.history} orders={customer.orders} asOf={customer.asOf} />
          <OrdersTable key={`${customer.id}-${orders.rows[0]?.id ?? ''}`} customerId={customer.id} first={orders} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <CustomerAction actions={actions} />
          <SegmentsCard customerId={customer.id} segments={segments} why={why} orders={new Map(orders.rows.map((row) => [row.id, row.label ?? row.externalId]))} />
          <ValueReasons customer={customer} />
          <ChurnCard churn={churn} />
          <ContractsCard contracts={contracts} />
          <Recommended recommendations={recommendations} />
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
