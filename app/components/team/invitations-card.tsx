/** Asking somebody to join, and those who have not answered. */
import { Form } from '@remix-run/react';
import type { InvitationView } from '#operations/invitations';
import { useFormats } from '../../format/use-formats.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { SelectField, TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { RoleOptions, roleWords } from './roles.tsx';

export function InvitationsCard({ invitations, result, busy, now }: { invitations: InvitationView[]; result: FormResult | undefined; busy: boolean; now: string }) {
  const { time } = useFormats();
  return (
    <Card title="Invite someone" note="They get a letter with a link that works once, for a week.">
      <Form method="post" noValidate className="grid items-start gap-3 sm:grid-cols-[minmax(0,1fr)_10rem_auto]" key={result?.ok === true ? invitations.length : 'open'}>
        <TextField label="E-mail" name="email" type="email" autoComplete="off" required error={result?.errors.email} />
        <SelectField label="Role" name="role" defaultValue="viewer" error={result?.errors.role}><RoleOptions /></SelectField>
        <Button type="submit" look="primary" name="intent" value="invite" aria-disabled={busy} className="h-10 sm:mt-6.5">Send invitation</Button>
      </Form>
      {invitations.length > 0 && (
        <ul className="-mx-5 mt-5 -mb-5 border-t border-line" aria-label="Waiting for an answer">
          {invitations.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-5 py-3 last:border-b-0">
              <div className="min-w-0">
                <p className="truncate text-14">{one.email} <span className="text-muted">as {roleWords(one.role)}</span></p>
                <p className="figures text-13 text-muted">{one.expiresAt < now ? `The link is over since ${time(one.expiresAt)}` : `Sent ${time(one.sentAt)}, works until ${time(one.expiresAt)}`}</p>
              </div>
              <Form method="post" className="flex gap-2">
                <input type="hidden" name="id" value={one.id} />
                <Button small type="submit" name="intent" value="resend" aria-label={`Send the invitation to ${one.email} again`}>Send again</Button>
                <Button small type="submit" look="danger" name="intent" value="revoke" aria-label={`Take the invitation to ${one.email} back`}>Take back</Button>
              </Form>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
