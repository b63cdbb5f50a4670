/** Sets a new password by the link of a mail. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { isResetLinkGood } from '#operations/credentials';
import { setPassword } from '../account.server.ts';
import { refused, textOf } from '../components/forms/form-result.ts';
import { TextField } from '../components/forms/field.tsx';
import { AuthFrame } from '../components/layout/auth-frame.tsx';
import { Button, ButtonLink } from '../components/ui/button.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { readForm } from '../form.server.ts';

export const meta: MetaFunction = () => [{ title: 'Set a new password · Perennial' }];

const tokenOf = (request: Request): string => new URL(request.url).searchParams.get('token') ?? '';

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { isGood: await isResetLinkGood(context.edge.visitor, tokenOf(request)) };
}

export async function action(args: ActionFunctionArgs) {
  try {
    await setPassword(args, { token: tokenOf(args.request), password: textOf(await readForm(args, ['password']), 'password') });
    return redirect('/sign-in?new-password');
  } catch (error) {
    return refused(error);
  }
}

export default function ResetPassword() {
  const { isGood } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  return (
    <AuthFrame title="Set a new password" lead="Every device is signed out then, and you sign in with the new one." below={<Link to="/sign-in" className="font-strong text-accent underline-offset-2 hover:underline">Back to signing in</Link>}>
      {isGood ? (
        <Form method="post" noValidate className="flex flex-col gap-4">
          {result?.message != null && result.errors.password === undefined && <Notice tone="bad" role="alert">{result.message}</Notice>}
          <TextField label="New password" name="password" type="password" autoComplete="new-password" required error={result?.errors.password} help="At least 12 characters; three unrelated words are easy to remember." />
          <Button type="submit" look="primary" className="mt-1 h-10 w-full" aria-disabled={busy}>{busy ? 'Saving…' : 'Set password'}</Button>
        </Form>
      ) : (
        <div className="flex flex-col items-start gap-4">
          <Notice tone="warning">This link was used already or is older than an hour.</Notice>
          <ButtonLink to="/forgot-password" look="primary">Send a new link</ButtonLink>
        </div>
      )}
    </AuthFrame>
  );
}
