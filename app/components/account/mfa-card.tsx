/** Two-step sign-in: set up with an authenticator app, recovery codes, and the way to turn it off. */
import type { MfaView } from '#operations/mfa';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { AccountForm, ResultNotice } from './account-form.tsx';
import type { AccountResult } from './account-result.ts';
import { OwnPasswordField } from './own-password-field.tsx';
import { MfaSetupForm } from './mfa-setup.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

export function MfaCard({ mfa, hasPassword, result }: { mfa: MfaView; hasPassword: boolean; result: AccountResult | undefined }) {
  const { day } = useFormats();
  const own = result?.card === 'mfa' ? result : undefined;
  const note = mfa.since === null ? 'A code from your phone besides the password, so that a stolen password opens nothing.' : `On since ${day(mfa.since.slice(0, 10))}.`;
  return (
    <Card title="Two-step sign-in" note={note}>
      <ResultNotice result={own} />
      {own?.recoveryCodes != null && <RecoveryCodes codes={own.recoveryCodes} />}
      {own?.setup != null && !mfa.isOn && <MfaSetupForm setup={own.setup} error={own.errors.code} />}
      {own?.setup == null && !mfa.isOn && (
        <AccountForm intent="mfa-begin" action="Set up" look="primary">
          <OwnPasswordField hasPassword={hasPassword} error={own?.errors.password} />
        </AccountForm>
      )}
      {mfa.isOn && own?.recoveryCodes == null && <InForce mfa={mfa} hasPassword={hasPassword} error={own?.errors.password} />}
    </Card>
  );
}

function InForce({ mfa, hasPassword, error }: { mfa: MfaView; hasPassword: boolean; error: string | undefined }) {
  return (
    <div className="flex flex-col gap-5">
      {mfa.recoveryCodesLeft < 3 && <Notice tone="warning">{mfa.recoveryCodesLeft === 0 ? 'No recovery code is left' : `Only ${mfa.recoveryCodesLeft} recovery codes are left`}: without your phone you could not sign in. Make new ones.</Notice>}
      <AccountForm intent="mfa-codes" action="Make new recovery codes">
        <OwnPasswordField hasPassword={hasPassword} error={error} help={`${mfa.recoveryCodesLeft} of 10 recovery codes are left; new ones replace them.`} />
      </AccountForm>
      {mfa.isRequired
        ? <p className="text-13 text-muted">Your company requires two-step sign-in of your role, so it cannot be turned off.</p>
        : (
          <details>
            <summary className="cursor-pointer text-13 text-muted hover:text-ink">Turn two-step sign-in off</summary>
            <div className="mt-3">
              <AccountForm intent="mfa-off" action="Turn off" look="danger">
                <OwnPasswordField hasPassword={hasPassword} help={`From then on your ${hasPassword ? 'password' : 'provider'} alone opens your account.`} />
              </AccountForm>
            </div>
          </details>
        )}
    </div>
  );
}
