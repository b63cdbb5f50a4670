/** Which providers open one's account, and the way to link and unlink them. */
import { useSearchParams } from '@remix-run/react';
import type { AccountView } from '#operations/company-views';
import type { IdentityView } from '#operations/identities';
import type { ProviderView } from '#operations/identity-sign-in';
import { signInProblemWords } from '#core/sign-in/problems';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { AccountForm, ResultNotice } from './account-form.tsx';
import type { AccountResult } from './account-result.ts';
import { OwnPasswordField } from './own-password-field.tsx';

interface ProvidersCardProps {
  account: AccountView;
  identities: IdentityView[];
  providers: ProviderView[];
  result: AccountResult | undefined;
}

/** Nothing where no provider is set up and none is linked. */
export function ProvidersCard({ account, identities, providers, result }: ProvidersCardProps) {
  const { time } = useFormats();
  const own = result?.card === 'providers' ? result : undefined;
  const open = providers.filter(({ id }) => !identities.some(({ provider }) => provider === id));
  if (identities.length === 0 && open.length === 0) return null;
  const isOnlyWay = !account.hasPassword && identities.length === 1;
  return (
    <Card title="Other ways to sign in" note={identities.length === 0 ? 'None is linked. A linked provider signs you in instead of your password; a code is asked for all the same.' : undefined}>
      {own === undefined ? <Landed identities={identities} /> : <ResultNotice result={own} />}
      <ul className="flex flex-col gap-3">
        {identities.map((identity) => (
          <li key={identity.id} className="flex flex-wrap items-center justify-between gap-3">
            <div className="min-w-0">
              <p className="text-14 font-strong">{identity.providerName}</p>
              <p className="figures text-13 text-muted [overflow-wrap:anywhere]">{identity.email !== null && `${identity.email} · `}{identity.lastUsedAt === null ? `linked ${time(identity.createdAt)}` : `last used ${time(identity.lastUsedAt)}`}</p>
            </div>
            {isOnlyWay ? <p className="text-13 text-muted">Your only way in. Set a password to unlink it.</p> : (
              <ConfirmDialog trigger="Unlink" label={`Unlink ${identity.providerName}`} title={`Unlink ${identity.providerName}?`} keep="Keep it" confirm="Unlink" intent="unlink-provider" id={identity.id}>
                It does not open your account any more. Where you are signed in now you stay so, and you can link it again.
              </ConfirmDialog>
            )}
          </li>
        ))}
      </ul>
      {open.map(({ id, name }) => (
        <details key={id} className="mt-4" open={own?.errors['password'] !== undefined}>
          <summary className="cursor-pointer text-14 hover:text-accent">Link {name}</summary>
          <div className="mt-3">
            <AccountForm intent="link-provider" action={`Go on to ${name}`}>
              <input type="hidden" name="provider" value={id} />
              <OwnPasswordField hasPassword={account.hasPassword} error={own?.errors['password']} />
            </AccountForm>
          </div>
        </details>
      ))}
    </Card>
  );
}

/** What the address says of the way back from a provider. */
function Landed({ identities }: { identities: IdentityView[] }) {
  const [parameters] = useSearchParams();
  const linked = identities.find(({ provider }) => provider === parameters.get('linked'));
  const problem = signInProblemWords(parameters.get('provider-problem'));
  if (problem !== null) return <div className="mb-4"><Notice tone="bad" role="alert">{problem}</Notice></div>;
  if (linked === undefined) return null;
  return <div className="mb-4"><Notice tone="good" role="status">{linked.providerName} opens your account from now on.</Notice></div>;
}
