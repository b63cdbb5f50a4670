/** One model as it was learned one day, with the evidence kept with it. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { getModelCard } from '#operations/model-cards';
import { requireContext } from '../context.server.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { ModelCardBody } from '../components/models/model-card-body.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Model · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return { card: await answer(args, () => getModelCard(ctx, args.params.id ?? '')) };
}

export default function ModelPage() {
  const { card } = useLoaderData<typeof loader>();
  return <Page back={{ to: '/models', label: 'Models' }} title={card.kind === 'spend' ? 'Learned models of spend' : card.model}><ModelCardBody card={card} /></Page>;
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
