/** Which roles must sign in with a second factor. */
import { Form, useNavigation } from '@remix-run/react';
import type { UserView } from '#operations/company-views';
import { CheckField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';

const ROLES: readonly (readonly [UserView['role'], string])[] = [['admin', 'Admins'], ['manager', 'Managers'], ['analyst', 'Analysts'], ['viewer', 'Viewers']];

export function MfaPolicyCard({ roles }: { roles: UserView['role'][] }) {
  const { formData } = useNavigation();
  const busy = formData?.get('intent') === 'mfa-policy';
  return (
    <Card title="Require two-step sign-in" note="Whoever has none sets it up before they reach anything else, within seconds of this change.">
      <Form method="post" preventScrollReset className="flex flex-col gap-4">
        <fieldset className="grid grid-cols-2 gap-3">
          <legend className="sr-only">Roles that must sign in with a second factor</legend>
          {ROLES.map(([role, words]) => <CheckField key={role} label={words} name="mfaRole" value={role} defaultChecked={roles.includes(role)} />)}
        </fieldset>
        <div><Button type="submit" name="intent" value="mfa-policy" aria-disabled={busy}>{busy ? 'Saving…' : 'Save'}</Button></div>
      </Form>
    </Card>
  );
}
