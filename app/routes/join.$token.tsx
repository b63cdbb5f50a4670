/** What the link of an invitation leads to: choose a name and a password, and be in. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { AppError } from '#core/errors';
import { offeredProviders } from '#operations/identity-sign-in';
import { readJoining } from '#operations/invitations';
import { joinByLink } from '../account.server.ts';
import { refused, textOf } from '../components/forms/form-result.ts';
import { TextField } from '../components/forms/field.tsx';
import { ProviderLinks } from '../components/account/provider-links.tsx';
import { AuthFrame } from '../components/layout/auth-frame.tsx';
import { roleWords } from '../components/team/roles.tsx';
import { Button } from '../components/ui/button.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { readForm } from '../form.server.ts';

export const meta: MetaFunction = () => [{ title: 'Join · Perennial' }];

export async function loader({ params, context }: LoaderFunctionArgs) {
  try {
    const token = params.token ?? '';
    return { invitation: await readJoining(context.edge.visitor, token), token, providers: offeredProviders(context.edge.visitor) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return { invitation: null, token: '', providers: [] };
    throw error;
  }
}

export async function action(args: ActionFunctionArgs) {
  const form = await readForm(args, ['name', 'username', 'password']);
  try {
    return redirect('/', { headers: await joinByLink(args, { token: args.params.token ?? '', name: textOf(form, 'name'), password: textOf(form, 'password') }) });
  } catch (error) {
    return refused(error);
  }
}

export default function Join() {
  const { invitation, token, providers } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  const below = <>Registered already? <Link to="/sign-in" className="font-strong text-accent underline-offset-2 hover:underline">Sign in</Link></>;
  if (invitation === null) {
    return (
      <AuthFrame title="This link does not work any more" lead="It was used, taken back, or is older than a week." below={below}>
        <Notice tone="warning">Ask whoever invited you to send the invitation again. Nothing else is needed.</Notice>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={`Join ${invitation.company}`} lead={`As ${roleWords(invitation.role)}, with the address ${invitation.email}.`} below={below}>
      <Form method="post" noValidate className="flex flex-col gap-4">
        {result?.message != null && Object.keys(result.errors).length === 0 && <Notice tone="bad" role="alert">{result.message}</Notice>}
        <input type="hidden" name="username" autoComplete="username" value={invitation.email} readOnly />
        <TextField label="Your name" name="name" autoComplete="name" required error={result?.errors.name} />
        <TextField label="Password" name="password" type="password" autoComplete="new-password" required help="At least 12 characters; three unrelated words are easy to remember." error={result?.errors.password} />
        <Button type="submit" look="primary" className="mt-1 h-10 w-full" aria-disabled={busy}>{busy ? 'Joining…' : 'Join'}</Button>
      </Form>
      <ProviderLinks providers={providers} invitation={token} />
    </AuthFrame>
  );
}
