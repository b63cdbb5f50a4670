/** The audit log: who did what to which from where, and whether it is whole. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { AUDIT_KINDS, listAudit } from '#operations/audit';
import { verifyAudit } from '#operations/audit-chain';
import { requireContext } from '../context.server.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { AuditFilterForm } from '../components/team/audit-filter-form.tsx';
import { readFilter } from '../components/team/audit-filter.ts';
import { AuditTable } from '../components/team/audit-table.tsx';
import { ChainCard } from '../components/team/chain-card.tsx';
import { buttonClass } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Audit log · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx, company } = await requireContext(args);
  const parameters = new URL(args.request.url).searchParams;
  return answer(args, async () => ({ ...(await listAudit(ctx, readFilter(parameters, company.timeZone), { cursor: parameters.get('cursor') ?? undefined })), kinds: AUDIT_KINDS }));
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  await readForm(args, []);
  return answer(args, () => verifyAudit(ctx));
}

export default function AuditPage() {
  const { rows, nextCursor, kinds } = useLoaderData<typeof loader>();
  const [parameters] = useSearchParams();
  const further = new URLSearchParams(parameters);
  if (nextCursor !== null) further.set('cursor', nextCursor);
  const kept = new URLSearchParams(parameters);
  kept.delete('cursor');
  const filtered = [...kept.values()].some((value) => value !== '');
  return (
    <Page
      title="Audit log"
      back={{ to: '/settings', label: 'Settings' }}
      lead="Who did what, to which, from where. What shops send is not listed here: data quality counts it."
      actions={<Link to={`/audit.csv?${kept.toString()}`} reloadDocument className={buttonClass('plain')}>Download as CSV</Link>}
    >
      <AuditFilterForm kinds={kinds} parameters={parameters} />
      <Card flush>
        {rows.length > 0 ? <AuditTable rows={rows} /> : (
          <EmptyState title={filtered ? 'Nothing fits this filter' : 'Nothing has been done yet'}>
            {filtered ? 'Take a part of the filter away, or choose other days.' : 'Each change of settings, team, keys, imports and connections appears here.'}
          </EmptyState>
        )}
      </Card>
      {(nextCursor !== null || parameters.has('cursor')) && (
        <nav aria-label="Pages" className="flex justify-between">
          {parameters.has('cursor') ? <Link to={`/audit?${kept.toString()}`} className={buttonClass('plain', true)}>Newest</Link> : <span />}
          {nextCursor !== null && <Link to={`/audit?${further.toString()}`} className={buttonClass('plain', true)}>Older</Link>}
        </nav>
      )}
      <ChainCard />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
