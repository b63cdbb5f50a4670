/** Making an API key: what for, how much it may do, and until when. */
import { Form } from '@remix-run/react';
import { useState } from 'react';
import type { PermissionView } from '#operations/permissions';
import type { FormResult } from '../forms/form-result.ts';
import { FieldShell, SelectField, TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Notice } from '../ui/notice.tsx';
import { RoleOptions, ROLES } from './roles.tsx';

export type KeyResult = FormResult & { key?: string };

export function KeyForm({ permissions, result, busy }: { permissions: PermissionView[]; result: KeyResult | undefined; busy: boolean }) {
  const [chosen, setChosen] = useState<string>('viewer');
  const role = ROLES.find((one) => one === chosen) ?? 'viewer';
  const open = permissions.filter((one) => one.roles.includes(role));
  return (
    <Card title="Make a key" note="For a program that reads or sends data. Give it no more than it needs.">
      {result?.key !== undefined && (
        <div className="mb-5 flex flex-col gap-2" role="status">
          <Notice tone="good">Made. This is the only time the key is shown: copy it now.</Notice>
          <div className="flex flex-wrap items-center gap-3 rounded-control border border-line bg-sunken px-3 py-2">
            <code className="min-w-0 grow font-mono text-12 break-all">{result.key}</code>
            <CopyButton text={result.key} what="the key" />
          </div>
        </div>
      )}
      <Form method="post" noValidate className="flex flex-col gap-4" key={result?.key ?? 'open'}>
        <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
          <TextField label="Name" name="name" autoComplete="off" required placeholder="Till of the shop" error={result?.errors.name} />
          <SelectField label="Role" name="role" value={role} onChange={(event) => setChosen(event.target.value)} error={result?.errors.role}><RoleOptions /></SelectField>
          <SelectField label="Works for" name="days" defaultValue="365" error={result?.errors.expiresAt}>
            <option value="30">30 days</option><option value="90">90 days</option><option value="365">A year</option><option value="">Until it is revoked</option>
          </SelectField>
          <TextField label="Requests a minute" name="perMinute" type="number" min={1} max={6000} inputMode="numeric" placeholder="100" help="Empty: your company’s limit" error={result?.errors.perMinute} />
        </div>
        <details>
          <summary className="w-fit cursor-pointer text-13 underline underline-offset-2 hover:text-ink">Hold it to some of the role’s permissions</summary>
          <FieldShell label="Only what is ticked; nothing ticked means all of the role’s" error={result?.errors.scopes}>
            {(ids) => (
              <div {...ids} role="group" className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2 lg:grid-cols-3">
                {open.map((one) => (
                  <label key={one.permission} className="flex gap-2 text-13">
                    <input type="checkbox" name="scopes" value={one.permission} className="mt-0.5 size-4 shrink-0 accent-accent" />
                    <span className="first-letter:uppercase">{one.words}</span>
                  </label>
                ))}
              </div>
            )}
          </FieldShell>
        </details>
        <Button type="submit" look="primary" name="intent" value="create" aria-disabled={busy} className="self-start">{busy ? 'Making…' : 'Make the key'}</Button>
      </Form>
    </Card>
  );
}
