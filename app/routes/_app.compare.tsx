/** Compare: the last whole month beside the shop's own past, and beside other shops for those who take part. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { benchmarkSettingsSchema, getBenchmarks, setBenchmarkSettings } from '#operations/benchmarks';
import { isAllowed } from '#operations/permissions';
import { requireContext } from '../context.server.ts';
import { FigureTable } from '../components/compare/figure-table.tsx';
import { ShareForm } from '../components/compare/share-form.tsx';
import { refused, refusedFields, saved } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { readForm } from '../form.server.ts';
import { useFormats } from '../format/use-formats.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Compare · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return { view: await answer(args, () => getBenchmarks(ctx)), mayChange: isAllowed(ctx.actor, 'company:write') };
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['industry', 'share']);
  const industry = form.get('industry');
  const parsed = benchmarkSettingsSchema.safeParse({ industry: industry === '' ? null : industry, share: form.get('share') === 'on' });
  if (!parsed.success) return refusedFields(parsed.error);
  try {
    const { peers } = await setBenchmarkSettings(ctx, parsed.data);
    return saved(peers === 'off' ? 'Saved. You do not take part.' : 'Saved. You take part.');
  } catch (error) {
    return refused(error);
  }
}

export default function ComparePage() {
  const { view, mayChange } = useLoaderData<typeof loader>();
  const { month } = useFormats();
  const name = month(view.month);
  return (
    <Page title="Compare" lead="How your shop does beside its own past, and beside shops like yours if you take part.">
      {view.rows.every((row) => row.now === null || row.now === 0)
        ? <Card><EmptyState title={`No orders in ${name} yet`} action={<ButtonLink to="/import">Import orders</ButtonLink>}>As soon as a whole month has orders, it stands here beside the months before.</EmptyState></Card>
        : <FigureTable rows={view.rows} monthName={name} withGroup={view.peers === 'shown'} />}
      <ShareForm view={view} mayChange={mayChange} />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
