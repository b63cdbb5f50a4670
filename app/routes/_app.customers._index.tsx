/** Every customer: search, filter, sort; smooth whatever their number. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';
import { listCustomers } from '#operations/customers';
import { listSegments } from '#operations/segments';
import { requireContext } from '../context.server.ts';
import { CustomerTable } from '../components/customers/customer-table.tsx';
import { ListFilters } from '../components/customers/list-filters.tsx';
import { readQuery } from '../components/customers/list-query.ts';
import { useCustomerPages } from '../components/customers/use-customer-pages.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { useFormats } from '../format/use-formats.tsx';

export const meta: MetaFunction = () => [{ title: 'Customers · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const query = readQuery(new URL(args.request.url).searchParams);
  const [list, segments] = await Promise.all([listCustomers(ctx, { ...query, cursor: undefined }), listSegments(ctx)]);
  return { list, segments: segments.map(({ id, name }) => ({ id, name })) };
}

export default function CustomersPage() {
  const { list, segments } = useLoaderData<typeof loader>();
  const pages = useCustomerPages(list);
  const [parameters] = useSearchParams();
  const { count } = useFormats();
  const { location } = useNavigation();
  const asking = location?.pathname === '/customers';
  const { sort, descending, q, stage, rfm, cohort, segment } = readQuery(parameters);
  const filtered = [q, stage, rfm, cohort, segment].some((part) => part !== undefined);
  const found = `${count(list.matched)}${list.matchedIsExact ? '' : '+'} ${list.matched === 1 ? 'customer' : 'customers'}`;
  return (
    <Page wide title="Customers" lead={<><span role="status">{filtered ? `${found} match` : found}</span>. Amounts in brackets: 80% likely to fall between.</>}>
      <ListFilters segments={segments} />
      <div aria-busy={asking} className={`transition-opacity ${asking ? 'opacity-60' : ''}`}>
        {list.rows.length > 0 ? (
          <CustomerTable pages={pages} matched={list.matched} sort={sort} descending={descending} />
        ) : (
          <Card>
            {filtered ? (
              <EmptyState title="No customer matches" action={<ButtonLink to="/customers">Show all customers</ButtonLink>}>
                Names, e-mail addresses and customer numbers are searched from their beginning.
              </EmptyState>
            ) : (
              <EmptyState title="No customers yet" action={<><ButtonLink to="/import" look="primary">Import an order file</ButtonLink><ButtonLink to="/integrations">Connect a shop</ButtonLink></>}>
                Customers appear with their first order.
              </EmptyState>
            )}
          </Card>
        )}
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
