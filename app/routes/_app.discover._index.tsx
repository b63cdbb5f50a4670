/** Discovery: look for groups of customers that are alike, and see what was found before. */
import { redirect } from '@remix-run/cloudflare';
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { listDiscoveries, startDiscovery } from '#operations/discoveries';
import { discoveryRequest } from '#operations/discovery-views';
import { isAllowed } from '#operations/permissions';
import { listSegments } from '#operations/segments';
import { requireContext } from '../context.server.ts';
import { DiscoverForm } from '../components/discover/discover-form.tsx';
import { DiscoveryList } from '../components/discover/discovery-list.tsx';
import { refused, refusedFields, textOf } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Discover · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const segment = new URL(args.request.url).searchParams.get('segment');
  return answer(args, async () => {
    const [rows, segments] = await Promise.all([listDiscoveries(ctx), listSegments(ctx)]);
    return { rows, segments: segments.map(({ id, name, members }) => ({ id, name, members })), segment, mayStart: isAllowed(ctx.actor, 'segments:write') };
  });
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['intent', 'feature', 'method', 'k', 'segment']);
  const [k, segment] = [textOf(form, 'k').trim(), textOf(form, 'segment')];
  const asked = discoveryRequest.safeParse({
    method: form.get('method') ?? undefined, features: form.getAll('feature'),
    ...(k === '' ? {} : { k: /^\d{1,3}$/.test(k) ? Number(k) : Number.NaN }), ...(segment === '' ? {} : { within: { segment } }),
  });
  if (!asked.success) {
    const { errors } = refusedFields(asked.error);
    return { ok: false, message: null, errors: { ...errors, ...(errors.k === undefined ? {} : { k: /^\d+$/.test(k) ? errors.k : 'Write a whole number from 2 to 20, or nothing' }) } };
  }
  let id: string;
  try {
    ({ id } = await startDiscovery(ctx, asked.data));
  } catch (error) {
    return refused(error);
  }
  return redirect(`/discover/${id}`);
}

export default function DiscoverPage() {
  const { rows, segments, segment, mayStart } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const navigation = useNavigation();
  const inside = segments.find(({ id }) => id === segment);
  return (
    <Page
      title={inside === undefined ? 'Discover' : `Discover inside ${inside.name}`}
      lead="Groups of customers that nobody told us about, found in how they buy."
      back={inside === undefined ? undefined : { to: `/segments/${inside.id}`, label: inside.name }}
      actions={<ButtonLink to={inside === undefined ? '/patterns' : `/patterns?segment=${inside.id}`}>Patterns: what follows what</ButtonLink>}
    >
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <DiscoverForm key={segment ?? ''} segments={segments} segment={segment} mayStart={mayStart} result={result} saving={navigation.formMethod === 'POST'} />
        <DiscoveryList rows={rows} />
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
