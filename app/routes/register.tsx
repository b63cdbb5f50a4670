/** Registers a company and its first admin; works without scripts. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { z } from 'zod';
import { offeredProviders } from '#operations/identity-sign-in';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, refusedFields } from '../components/forms/form-result.ts';
import { TextField } from '../components/forms/field.tsx';
import { RegionFields } from '../components/forms/region-fields.tsx';
import { ProviderLinks, ProviderProblem } from '../components/account/provider-links.tsx';
import { AuthFrame } from '../components/layout/auth-frame.tsx';
import { Button } from '../components/ui/button.tsx';
import { signUp } from '../account.server.ts';
import { optionalContext } from '../context.server.ts';
import { readForm } from '../form.server.ts';
import { currenciesNamed, timeZones } from '../format/regions.ts';
import { localeOf } from '../format/locale.ts';

export const meta: MetaFunction = () => [{ title: 'Register · Perennial' }];

const form = z.object({
  companyName: z.string().trim().min(1, 'Enter the name of your company or shop').max(120, 'Use at most 120 characters'),
  email: z.string().trim().min(1, 'Enter your e-mail address').email('This is not an e-mail address; write it like name@shop.com'),
  password: z.string().min(12, 'Use at least 12 characters; three unrelated words are easy to remember').max(200, 'Use at most 200 characters'),
  currency: z.string().length(3, 'Choose a currency'),
  timeZone: z.string().min(1, 'Choose a time zone'),
});

export async function loader(args: LoaderFunctionArgs) {
  if (await optionalContext(args)) throw redirect('/');
  return { currencies: currenciesNamed(localeOf(args.request.headers.get('accept-language'))), zones: timeZones(), providers: offeredProviders(args.context.edge.visitor) };
}

export async function action(args: ActionFunctionArgs) {
  const parsed = form.safeParse(Object.fromEntries(await readForm(args, ['companyName', 'email', 'password', 'currency', 'timeZone'])));
  if (!parsed.success) return refusedFields(parsed.error);
  try {
    return redirect('/', { headers: await signUp(args, parsed.data) });
  } catch (error) {
    return refused(error);
  }
}

export default function Register() {
  const { currencies, zones, providers } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  return (
    <AuthFrame title="Register your company" lead="You become its first admin. The time zone can be changed later, the currency cannot." below={<>Registered already? <Link to="/sign-in" className="font-strong text-accent underline-offset-2 hover:underline">Sign in</Link></>}>
      <Form method="post" noValidate className="flex flex-col gap-4">
        {result === undefined && <ProviderProblem />}
        <FormMessage result={result} />
        <TextField label="Company or shop" name="companyName" autoComplete="organization" required error={result?.errors.companyName} />
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required error={result?.errors.email} />
        <TextField label="Password" name="password" type="password" autoComplete="new-password" required help="At least 12 characters" error={result?.errors.password} />
        <RegionFields currencies={currencies} zones={zones} errors={result?.errors ?? {}} />
        <Button type="submit" look="primary" className="mt-1 h-10 w-full" aria-disabled={busy}>{busy ? 'Registering…' : 'Register'}</Button>
      </Form>
      <ProviderLinks providers={providers} />
    </AuthFrame>
  );
}
