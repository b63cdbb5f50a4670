/** A form of the account page: its result above its fields, its action below them. */
import { Form, useNavigation } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Button, type ButtonLook } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import type { AccountResult } from './account-result.ts';

interface AccountFormProps {
  intent: string;
  action: string;
  look?: ButtonLook;
  children?: ReactNode;
}

export function AccountForm({ intent, action, look = 'plain', children }: AccountFormProps) {
  const { formData } = useNavigation();
  const busy = formData?.get('intent') === intent;
  return (
    <Form method="post" noValidate preventScrollReset className="flex flex-col gap-4">
      <input type="hidden" name="intent" value={intent} />
      {children}
      <div><Button type="submit" look={look} aria-disabled={busy}>{busy ? 'One moment…' : action}</Button></div>
    </Form>
  );
}

/** The sentence a form answered with; nothing when it belongs to another card. */
export function ResultNotice({ result }: { result: AccountResult | undefined }) {
  if (result?.message == null) return null;
  return <div className="mb-4"><Notice tone={result.ok ? 'good' : 'bad'} role={result.ok ? 'status' : 'alert'}>{result.message}</Notice></div>;
}
