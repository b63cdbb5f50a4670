/** Registers a company for somebody whom a provider has vouched for: only the company is asked. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { z } from 'zod';
import { providerName } from '#operations/identities';
import { signUpWithIdentity, waitingIdentity } from '../account.server.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, refusedFields } from '../components/forms/form-result.ts';
import { TextField } from '../components/forms/field.tsx';
import { RegionFields } from '../components/forms/region-fields.tsx';
import { AuthFrame } from '../components/layout/auth-frame.tsx';
import { Button } from '../components/ui/button.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { readForm } from '../form.server.ts';
import { localeOf } from '../format/locale.ts';
import { currenciesNamed, timeZones } from '../format/regions.ts';

export const meta: MetaFunction = () => [{ title: 'Register · Perennial' }];

const TOO_LATE = '/sign-in?provider-problem=interrupted';

const form = z.object({
  companyName: z.string().trim().min(1, 'Enter the name of your company or shop').max(120, 'Use at most 120 characters'),
  currency: z.string().length(3, 'Choose a currency'),
  timeZone: z.string().min(1, 'Choose a time zone'),
});

export async function loader(args: LoaderFunctionArgs) {
  const waiting = await waitingIdentity(args);
  if (waiting === null) throw redirect(TOO_LATE);
  return {
    email: waiting.email, provider: providerName(waiting.provider), isProven: waiting.emailIsProven,
    currencies: currenciesNamed(localeOf(args.request.headers.get('accept-language'))), zones: timeZones(),
  };
}

export async function action(args: ActionFunctionArgs) {
  const sent = await readForm(args, ['companyName', 'currency', 'timeZone']);
  const waiting = await waitingIdentity(args);
  if (waiting === null) throw redirect(TOO_LATE);
  const parsed = form.safeParse(Object.fromEntries(sent));
  if (!parsed.success) return refusedFields(parsed.error);
  try {
    return redirect('/', { headers: await signUpWithIdentity(args, waiting, parsed.data) });
  } catch (error) {
    return refused(error);
  }
}

export default function RegisterCompany() {
  const { email, provider, isProven, currencies, zones } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  return (
    <AuthFrame
      title="Register your company"
      lead={`${email} has no account yet. You become your company’s first admin, and sign in with ${provider}.`}
      below={<>Invited by somebody? Open the link of their letter instead. <Link to="/sign-in" className="font-strong text-accent underline-offset-2 hover:underline">Sign in as somebody else</Link></>}
    >
      <Form method="post" noValidate className="flex flex-col gap-4">
        <FormMessage result={result} />
        {!isProven && <Notice>{provider} does not vouch for this address, so we send a link there to confirm it.</Notice>}
        <TextField label="Company or shop" name="companyName" autoComplete="organization" required error={result?.errors['companyName']} />
        <RegionFields currencies={currencies} zones={zones} errors={result?.errors ?? {}} />
        <Button type="submit" look="primary" className="mt-1 h-10 w-full" aria-disabled={busy}>{busy ? 'Registering…' : 'Register'}</Button>
      </Form>
    </AuthFrame>
  );
}
