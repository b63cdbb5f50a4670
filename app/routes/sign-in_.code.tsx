/** The second step of signing in: a code of the authenticator app, or a recovery code. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useNavigation, useSearchParams } from '@remix-run/react';
import { safePath } from '#core/net/safe-path';
import { hasCodeStep, signInWithCode } from '../account.server.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, textOf } from '../components/forms/form-result.ts';
import { TextField } from '../components/forms/field.tsx';
import { AuthFrame } from '../components/layout/auth-frame.tsx';
import { Button } from '../components/ui/button.tsx';
import { readForm } from '../form.server.ts';

export const meta: MetaFunction = () => [{ title: 'Enter your code · Perennial' }];

const TOO_LATE = '/sign-in?too-late';

export async function loader(args: LoaderFunctionArgs) {
  if (!(await hasCodeStep(args))) throw redirect(TOO_LATE);
  return null;
}

export async function action(args: ActionFunctionArgs) {
  const code = textOf(await readForm(args, ['code']), 'code').trim();
  if (code === '') return { ok: false, message: null, errors: { code: 'Enter the six digits that your app shows, or a recovery code' } };
  try {
    // Digits alone are the app's; a recovery code has letters.
    const headers = await signInWithCode(args, /^[\d\s]+$/.test(code) ? { totp: code } : { recoveryCode: code });
    return redirect(headers === null ? TOO_LATE : safePath(new URL(args.request.url).searchParams.get('next')), headers === null ? {} : { headers });
  } catch (error) {
    return refused(error);
  }
}

export default function CodePage() {
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  const [parameters] = useSearchParams();
  const back = `/sign-in?next=${encodeURIComponent(parameters.get('next') ?? '/')}`;
  return (
    <AuthFrame title="Enter your code" lead="Your authenticator app shows six digits for Perennial." below={<Link to={back} className="font-strong text-accent underline-offset-2 hover:underline">Sign in as somebody else</Link>}>
      <Form method="post" noValidate className="flex flex-col gap-4">
        <FormMessage result={result} />
        <TextField label="Code" name="code" inputMode="text" autoComplete="one-time-code" autoFocus required error={result?.errors.code} help="Without your phone, use one of your recovery codes." className="figures" />
        <Button type="submit" look="primary" className="mt-1 h-10 w-full" aria-disabled={busy}>{busy ? 'Signing in…' : 'Sign in'}</Button>
      </Form>
    </AuthFrame>
  );
}
