/** Members: who they are, their role, and when they were last here. */
import { Form } from '@remix-run/react';
import type { MemberView } from '#operations/team';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { RoleOptions, roleWords } from './roles.tsx';

interface MemberTableProps {
  members: MemberView[];
  /** The user's own id. */
  me: string;
  mayManage: boolean;
}

export function MemberTable({ members, me, mayManage }: MemberTableProps) {
  const { time, count } = useFormats();
  const active = members.filter((member) => member.deactivatedAt === null).length;
  return (
    <Card flush title="Members" note={`${count(active)} ${active === 1 ? 'person' : 'people'} may sign in`}>
      <ul className="border-t border-line">
        {members.map((member) => (
          <li key={member.id} className="grid items-center gap-x-4 gap-y-2 border-b border-line px-5 py-3 last:border-b-0 md:grid-cols-[minmax(0,1fr)_11rem_auto]">
            <div className="min-w-0">
              <p className="truncate text-14 font-strong">{member.name ?? member.email}{member.id === me && <span className="font-normal text-muted"> (you)</span>}</p>
              {member.name !== null && <p className="truncate text-13 text-muted">{member.email}</p>}
            </div>
            <p className="figures text-13 text-muted">
              {member.deactivatedAt !== null ? `Deactivated ${time(member.deactivatedAt)}` : member.lastSeenAt === null ? 'Not here yet' : `Last here ${time(member.lastSeenAt)}`}
            </p>
            <div className="flex flex-wrap items-center gap-2 md:justify-end">
              {mayManage && member.deactivatedAt === null ? <RoleForm member={member} /> : <span className="text-14">{roleWords(member.role)}</span>}
              {mayManage && member.deactivatedAt !== null && (
                <Form method="post"><input type="hidden" name="id" value={member.id} /><Button small type="submit" name="intent" value="reactivate">Let in again</Button></Form>
              )}
              {mayManage && member.deactivatedAt === null && member.id !== me && member.hasMfa && <ResetSecondFactor member={member} />}
              {mayManage && member.deactivatedAt === null && member.id !== me && <Deactivate member={member} />}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function RoleForm({ member }: { member: MemberView }) {
  return (
    <Form method="post" className="flex items-center gap-2" key={member.role}>
      <input type="hidden" name="id" value={member.id} />
      <select name="role" defaultValue={member.role} aria-label={`Role of ${member.email}`} className="h-8 rounded-control border border-edge bg-surface px-2 pr-7 text-13"><RoleOptions /></select>
      <Button small type="submit" name="intent" value="role" aria-label={`Change the role of ${member.email}`}>Change</Button>
    </Form>
  );
}

function ResetSecondFactor({ member }: { member: MemberView }) {
  return (
    <ConfirmDialog trigger="Reset two-step sign-in" label={`Reset two-step sign-in of ${member.email}`} look="plain" title={`Reset two-step sign-in of ${member.email}?`} keep="Leave it on" confirm="Reset" intent="reset-mfa" id={member.id}>
      For whoever has lost their phone and recovery codes. Make sure that it is they who ask. They are signed out everywhere, get a mail, and sign in without a code until they set it up anew.
    </ConfirmDialog>
  );
}

function Deactivate({ member }: { member: MemberView }) {
  return (
    <ConfirmDialog trigger="Deactivate" label={`Deactivate ${member.email}`} title={`Deactivate ${member.email}?`} keep="Keep them" confirm="Deactivate" intent="deactivate" id={member.id}>
      They are signed out everywhere within seconds and cannot sign in again. What they did stays, and you can let them in again. API keys they made go on working.
    </ConfirmDialog>
  );
}
