/** The QR code, the same as text, and the code that proves that the app has it. */
import { TextField } from '../forms/field.tsx';
import { AccountForm } from './account-form.tsx';
import type { MfaSetup } from './account-result.ts';

export function MfaSetupForm({ setup, error }: { setup: MfaSetup; error: string | undefined }) {
  return (
    <div className="flex flex-col gap-5">
      <ol className="flex list-decimal flex-col gap-4 pl-5 text-14">
        <li>
          Scan this with an authenticator app, such as the one your phone came with.
          <img src={setup.picture} alt="QR code of the secret; the same stands below as text" width={184} height={184} className="mt-3 rounded-control border border-line" />
          <span className="mt-3 block text-13 text-muted">Cannot scan? Type this secret instead:</span>
          <code className="figures mt-1 block text-13 [overflow-wrap:anywhere]">{setup.secret}</code>
        </li>
        <li>Type the six digits that the app shows now.</li>
      </ol>
      <AccountForm intent="mfa-confirm" action="Turn on" look="primary">
        <TextField label="Six digits" name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={7} error={error} className="figures" />
      </AccountForm>
    </div>
  );
}
