/** One discovery: its progress, then the groups, their map and how far to trust them. */
import { redirect } from '@remix-run/cloudflare';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { cancelDiscovery, discoverInside, getDiscovery, removeDiscovery } from '#operations/discoveries';
import type { DiscoveryView } from '#operations/discovery-views';
import { isAllowed } from '#operations/permissions';
import { saveCluster, saveClusterSchema } from '#operations/save-cluster';
import { requireContext } from '../context.server.ts';
import { ClusterCard } from '../components/discover/cluster-card.tsx';
import { EvidenceCard } from '../components/discover/evidence-card.tsx';
import { MapCard } from '../components/discover/map-card.tsx';
import { SaveCluster } from '../components/discover/save-cluster.tsx';
import { ProgressCard } from '../components/discover/progress-card.tsx';
import { featureLabel, methodName } from '../components/discover/words.ts';
import { refused, refusedFields, saved, textOf } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { ConfirmDialog } from '../components/ui/confirm-dialog.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { readForm } from '../form.server.ts';
import { useFormats } from '../format/use-formats.tsx';
import { customersWords } from '../format/words.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Groups found · Perennial' }];

function idOf({ params }: { params: { id?: string } }): string {
  const id = z.uuid().safeParse(params.id);
  if (!id.success) throw new AppError('not_found', 'There is no such discovery');
  return id.data;
}

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => ({ discovery: await getDiscovery(ctx, idOf(args)), mayWrite: isAllowed(ctx.actor, 'segments:write') }));
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['intent', 'cluster', 'name', 'as']);
  const id = await answer(args, async () => idOf(args));
  let next: string;
  try {
    switch (form.get('intent')) {
      case 'cancel':
        await cancelDiscovery(ctx, id);
        return saved('Stopped.');
      case 'remove':
        await removeDiscovery(ctx, id);
        next = '/discover';
        break;
      case 'save': {
        const asked = saveClusterSchema.safeParse({ cluster: Number(textOf(form, 'cluster')), name: textOf(form, 'name'), as: form.get('as') });
        if (!asked.success) return { ...refusedFields(asked.error), message: asked.error.issues[0]?.message ?? null };
        const segment = await saveCluster(ctx, id, asked.data);
        return { ...saved(`Kept as the segment “${segment.name}” with ${customersWords(segment.members, String)}. It stays up to date by itself.`), segmentId: segment.id };
      }
      default:
        next = `/discover/${(await discoverInside(ctx, id, Number(textOf(form, 'cluster')))).id}`;
    }
  } catch (error) {
    if (error instanceof z.ZodError) return { ok: false, message: 'There is no such group', errors: {} };
    return refused(error);
  }
  return redirect(next);
}

export default function DiscoveryPage() {
  const { discovery, mayWrite } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const navigation = useNavigation();
  const saving = navigation.formMethod === 'POST';
  const found = discovery.result;
  return (
    <Page
      back={{ to: '/discover', label: 'Discover' }}
      title={<Title discovery={discovery} />}
      lead={<Lead discovery={discovery} />}
      actions={mayWrite && <ConfirmDialog trigger="Remove" title="Remove what was found?" keep="Keep it" confirm="Remove" intent="remove">The groups and their map go. Segments that were made of them stay.</ConfirmDialog>}
    >
      {result?.message != null && <Notice tone={result.ok ? 'good' : 'bad'} role="status">{result.message}{'segmentId' in result && <> <Link to={`/segments/${result.segmentId}`} className="underline underline-offset-2">Open it</Link></>}</Notice>}
      {found === null ? <ProgressCard discovery={discovery} mayStop={mayWrite} /> : (
        <>
          <MapCard result={found} customers={discovery.customers ?? 0} />
          <div className="grid items-stretch gap-4 lg:grid-cols-2">
            {found.clusters.map((cluster) => (
              <ClusterCard key={cluster.label} cluster={cluster} result={found}>
                {mayWrite && cluster.size >= 3 && found.clusters.length > 1 && (
                  <SaveCluster cluster={cluster} saving={saving} />
                )}
              </ClusterCard>
            ))}
          </div>
          <EvidenceCard result={found} />
        </>
      )}
    </Page>
  );
}

function Title({ discovery }: { discovery: DiscoveryView }) {
  const { count } = useFormats();
  if (discovery.result === null) return <>Looking for groups</>;
  const { clusters } = discovery.result;
  return <>{clusters.length === 1 ? '1 group' : `${count(clusters.length)} groups`} among {customersWords(discovery.customers ?? 0, count)}</>;
}

function Lead({ discovery: { request, result, withinName, createdAt } }: { discovery: DiscoveryView }) {
  const { time, count } = useFormats();
  const apart = result !== null && result.noise > 0 ? ` ${customersWords(result.noise, count)} ${result.noise === 1 ? 'stands' : 'stand'} apart and ${result.noise === 1 ? 'is' : 'are'} in no group.` : '';
  return <>{methodName(request.method)} by {request.features.map((name) => featureLabel(name).toLowerCase()).join(', ')}{withinName === null ? '' : `, inside “${withinName}”`}. {time(createdAt)}.{apart}</>;
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
