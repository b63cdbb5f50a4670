/** API keys: made, listed and revoked. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { z } from 'zod';
import { createApiKey, listApiKeys, newApiKey, revokeApiKey } from '#operations/api-keys';
import { listPermissions } from '#operations/team';
import { requireContext } from '../context.server.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, refusedFields, saved } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { KeyForm } from '../components/team/key-form.tsx';
import type { KeyResult } from '../components/team/key-form.tsx';
import { KeyList } from '../components/team/key-list.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'API keys · Perennial' }];

const DAY_MS = 86_400_000;
const days = z.enum(['30', '90', '365', '']);

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => ({ keys: await listApiKeys(ctx), permissions: listPermissions(ctx), now: ctx.clock.now().toISOString() }));
}

export async function action(args: ActionFunctionArgs): Promise<KeyResult> {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['intent', 'id', 'name', 'role', 'days', 'perMinute', 'scopes']);
  try {
    if (form.get('intent') === 'revoke') {
      const id = z.uuid('There is no such key').safeParse(form.get('id'));
      if (!id.success) return refusedFields(id.error);
      await revokeApiKey(ctx, id.data);
      args.context.edge.visitor.memory.apiKeys.clear();
      return saved('Revoked. It is refused everywhere within a minute.');
    }
    const chosen = days.catch('').parse(form.get('days'));
    const scopes = form.getAll('scopes');
    const perMinute = form.get('perMinute');
    const parsed = newApiKey.safeParse({
      name: form.get('name'), role: form.get('role'), ...(scopes.length > 0 && { scopes }), ...(perMinute !== '' && perMinute !== null && { perMinute: Number(perMinute) }),
      ...(chosen !== '' && { expiresAt: new Date(ctx.clock.now().getTime() + Number(chosen) * DAY_MS).toISOString() }),
    });
    if (!parsed.success) return refusedFields(parsed.error);
    const { key } = await createApiKey(ctx, parsed.data);
    return { ok: true, message: null, errors: {}, key };
  } catch (error) {
    return refused(error);
  }
}

export default function ApiKeysPage() {
  const { keys, permissions, now } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().formMethod === 'POST';
  return (
    <Page title="API keys" back={{ to: '/settings', label: 'Settings' }} lead="Programs sign in with a key instead of a password. The reference stands at /api/docs.">
      <FormMessage result={result} />
      <KeyForm permissions={permissions} result={result} busy={busy} />
      <KeyList keys={keys} now={now} />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
