/** Sign in with e-mail and password; works without scripts. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';
import { z } from 'zod';
import { safePath } from '#core/net/safe-path';
import { hasCompanies } from '#operations/accounts';
import { offeredProviders } from '#operations/identity-sign-in';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, refusedFields } from '../components/forms/form-result.ts';
import { TextField } from '../components/forms/field.tsx';
import { ProviderLinks, ProviderProblem } from '../components/account/provider-links.tsx';
import { AuthFrame } from '../components/layout/auth-frame.tsx';
import { Button } from '../components/ui/button.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { signIn } from '../account.server.ts';
import { optionalContext } from '../context.server.ts';
import { readForm } from '../form.server.ts';

export const meta: MetaFunction = () => [{ title: 'Sign in · Perennial' }];

const form = z.object({
  email: z.string().trim().min(1, 'Enter your e-mail address').email('This is not an e-mail address; write it like name@shop.com'),
  password: z.string().min(1, 'Enter your password'),
});

export async function loader(args: LoaderFunctionArgs) {
  if (await optionalContext(args)) throw redirect('/');
  const problem = new URL(args.request.url).searchParams.get('provider-problem');
  // An empty start begins with the first company.
  if (!(await hasCompanies(args.context.edge.visitor))) throw redirect(problem === null ? '/register' : `/register?${new URLSearchParams({ 'provider-problem': problem }).toString()}`);
  return { providers: offeredProviders(args.context.edge.visitor) };
}

export async function action(args: ActionFunctionArgs) {
  const parsed = form.safeParse(Object.fromEntries(await readForm(args, ['email', 'password'])));
  if (!parsed.success) return refusedFields(parsed.error);
  try {
    const next = safePath(new URL(args.request.url).searchParams.get('next'));
    const { headers, needsCode } = await signIn(args, parsed.data);
    return redirect(needsCode ? `/sign-in/code?next=${encodeURIComponent(next)}` : next, { headers });
  } catch (error) {
    return refused(error);
  }
}

export default function SignIn() {
  const { providers } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  const [parameters] = useSearchParams();
  return (
    <AuthFrame title="Sign in" lead="What each of your customers is worth, and will be." below={<>New here? <Link to="/register" className="font-strong text-accent underline-offset-2 hover:underline">Register your company</Link></>}>
      <Form method="post" noValidate className="flex flex-col gap-4">
        {parameters.get('signed-out') !== null && result === undefined && <Notice role="status">You are signed out.</Notice>}
        {parameters.get('new-password') !== null && result === undefined && <Notice tone="good" role="status">Your new password is set. Sign in with it.</Notice>}
        {parameters.get('too-late') !== null && result === undefined && <Notice tone="warning" role="status">That took more than ten minutes. Enter your password again.</Notice>}
        {result === undefined && <ProviderProblem />}
        <FormMessage result={result} />
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required error={result?.errors.email} />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required error={result?.errors.password} />
        <Button type="submit" look="primary" className="mt-1 h-10 w-full" aria-disabled={busy}>{busy ? 'Signing in…' : 'Sign in'}</Button>
        <p className="text-13"><Link to="/forgot-password" className="text-muted underline-offset-2 hover:text-ink hover:underline">Forgot your password?</Link></p>
      </Form>
      <ProviderLinks providers={providers} next={parameters.get('next')} />
    </AuthFrame>
  );
}
