/** Name, e-mail address and password of one's own account. */
import { Form } from '@remix-run/react';
import type { AccountView } from '#operations/company-views';
import { useFormats } from '../../format/use-formats.tsx';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { AccountForm, ResultNotice } from './account-form.tsx';
import type { AccountResult } from './account-result.ts';
import { OwnPasswordField } from './own-password-field.tsx';

interface CardProps {
  account: AccountView;
  result: AccountResult | undefined;
}

export function ProfileCard({ account, result }: CardProps) {
  const own = result?.card === 'profile' ? result : undefined;
  return (
    <Card title="Your name" note="What colleagues see beside what you do.">
      <ResultNotice result={own} />
      <AccountForm intent="profile" action="Save">
        <TextField label="Name" name="name" autoComplete="name" defaultValue={account.name ?? ''} error={own?.errors.name} />
      </AccountForm>
    </Card>
  );
}

export function EmailCard({ account, result }: CardProps) {
  const own = result?.card === 'email' ? result : undefined;
  return (
    <Card title="E-mail address" note={<>You sign in as <span className="font-strong text-ink [overflow-wrap:anywhere]">{account.email}</span>.</>}>
      <ResultNotice result={own} />
      {account.emailVerifiedAt === null && own?.ok !== true && (
        <Form method="post" preventScrollReset className="mb-4">
          <Notice tone="warning">
            This address is not confirmed yet. Use the link we sent to it; without it a forgotten password is harder to replace.
            <span className="mt-2 block"><Button type="submit" small name="intent" value="verify">Send the link again</Button></span>
          </Notice>
        </Form>
      )}
      <AccountForm intent="email" action="Change address">
        <TextField label="New e-mail address" name="email" type="email" autoComplete="email" error={own?.errors.email} help="We send a link there; your address changes once it is used." />
        <OwnPasswordField hasPassword={account.hasPassword} error={own?.errors.password} />
      </AccountForm>
    </Card>
  );
}

export function PasswordCard({ account, result }: CardProps) {
  const { day } = useFormats();
  const own = result?.card === 'password' ? result : undefined;
  return (
    <Card title="Password" note={!account.hasPassword ? 'None is set: a provider signs you in. With a password you have a second way.' : account.passwordChangedAt === null ? 'Unchanged since you registered.' : `Changed on ${day(account.passwordChangedAt.slice(0, 10))}.`}>
      <ResultNotice result={own} />
      <AccountForm intent="password" action={account.hasPassword ? 'Change password' : 'Set password'}>
        <OwnPasswordField hasPassword={account.hasPassword} label="Present password" name="currentPassword" error={own?.errors.currentPassword} />
        <TextField label="New password" name="newPassword" type="password" autoComplete="new-password" error={own?.errors.newPassword} help="At least 12 characters; three unrelated words are easy to remember. Other devices are signed out." />
      </AccountForm>
    </Card>
  );
}
