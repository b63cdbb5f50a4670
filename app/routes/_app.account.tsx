/** Your account: name, address, password, two-step sign-in, and where you are signed in. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { readOwnAccount } from '#operations/credentials';
import { listOwnIdentities } from '#operations/identities';
import { offeredProviders } from '#operations/identity-sign-in';
import { readOwnMfa } from '#operations/mfa';
import { listOwnSessions } from '#operations/sessions';
import { ACCOUNT_FIELDS, accountAction } from '../account-forms.server.ts';
import { MfaCard } from '../components/account/mfa-card.tsx';
import { EmailCard, PasswordCard, ProfileCard } from '../components/account/profile-cards.tsx';
import { ProvidersCard } from '../components/account/providers-card.tsx';
import { SessionsCard } from '../components/account/sessions-card.tsx';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { requireContext } from '../context.server.ts';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Your account · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => {
    const [account, mfa, sessions, identities] = await Promise.all([readOwnAccount(ctx), readOwnMfa(ctx), listOwnSessions(ctx), listOwnIdentities(ctx)]);
    return { account, mfa, sessions, identities, providers: offeredProviders(args.context.edge.visitor) };
  });
}

export async function action(args: ActionFunctionArgs) {
  const signedIn = await requireContext(args);
  return await accountAction(args, signedIn, await readForm(args, ACCOUNT_FIELDS));
}

export default function AccountPage() {
  const { account, mfa, sessions, identities, providers } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  return (
    <Page title="Your account">
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <ProfileCard account={account} result={result} />
          <EmailCard key={account.email} account={account} result={result} />
          <PasswordCard key={account.passwordChangedAt} account={account} result={result} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <MfaCard mfa={mfa} hasPassword={account.hasPassword} result={result} />
          <ProvidersCard account={account} identities={identities} providers={providers} result={result} />
          <SessionsCard sessions={sessions} result={result} />
        </div>
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
