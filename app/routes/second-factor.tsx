/** Whoever must have a second factor and has none sets it up here before anything else. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, useActionData, useLoaderData } from '@remix-run/react';
import { safePath } from '#core/net/safe-path';
import { readOwnAccount } from '#operations/credentials';
import { readOwnMfa } from '#operations/mfa';
import { ACCOUNT_FIELDS, accountAction } from '../account-forms.server.ts';
import { MfaCard } from '../components/account/mfa-card.tsx';
import { AuthFrame } from '../components/layout/auth-frame.tsx';
import { buttonClass } from '../components/ui/button.tsx';
import { requireAccount } from '../context.server.ts';
import { readForm } from '../form.server.ts';

export const meta: MetaFunction = () => [{ title: 'Set up two-step sign-in · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx, company } = await requireAccount(args);
  const [mfa, { hasPassword }] = await Promise.all([readOwnMfa(ctx), readOwnAccount(ctx)]);
  return { mfa, hasPassword, company: company.name, next: safePath(new URL(args.request.url).searchParams.get('next')) };
}

export async function action(args: ActionFunctionArgs) {
  const signedIn = await requireAccount(args);
  return await accountAction(args, signedIn, await readForm(args, ACCOUNT_FIELDS));
}

export default function SecondFactorPage() {
  const { mfa, hasPassword, company, next } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  return (
    <AuthFrame
      title="Set up two-step sign-in"
      lead={`${company} asks it of everybody in your role. It takes a minute and an authenticator app on your phone.`}
      below={<Form method="post" action="/sign-out"><button type="submit" className="font-strong text-accent underline-offset-2 hover:underline">Sign out</button></Form>}
    >
      <MfaCard mfa={mfa} hasPassword={hasPassword} result={result} />
      {/* A whole page load: what was refused so far is asked anew. */}
      {mfa.isOn && <a href={next} className={`${buttonClass('primary')} mt-4 w-full`}>Go on to Perennial</a>}
    </AuthFrame>
  );
}
