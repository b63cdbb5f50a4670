/** The team: members and their roles, invitations, and what each role may do. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { z } from 'zod';
import { invite, listInvitations, newInvitation, resendInvitation, revokeInvitation } from '#operations/invitations';
import { isAllowed } from '#operations/permissions';
import { changeRole, deactivateMember, listMembers, listPermissions, reactivateMember, resetSecondFactor, roleName } from '#operations/team';
import { requireContext } from '../context.server.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, refusedFields, saved } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { InvitationsCard } from '../components/team/invitations-card.tsx';
import { MemberTable } from '../components/team/member-table.tsx';
import { PermissionTable } from '../components/team/permission-table.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Team · Perennial' }];

const id = z.uuid();
const form = z.discriminatedUnion('intent', [
  newInvitation.extend({ intent: z.literal('invite') }),
  z.object({ intent: z.literal('role'), id, role: roleName }),
  z.object({ intent: z.enum(['deactivate', 'reactivate', 'reset-mfa', 'resend', 'revoke']), id }),
]);

export async function loader(args: LoaderFunctionArgs) {
  const { ctx, user } = await requireContext(args);
  const mayManage = isAllowed(ctx.actor, 'team:manage');
  return answer(args, async () => {
    const [members, invitations] = await Promise.all([listMembers(ctx), mayManage ? listInvitations(ctx) : null]);
    return { members, invitations, permissions: listPermissions(ctx), me: user.id, mayManage, now: ctx.clock.now().toISOString() };
  });
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const parsed = form.safeParse(Object.fromEntries(await readForm(args, ['intent', 'id', 'role', 'email'])));
  if (!parsed.success) return refusedFields(parsed.error);
  const { data } = parsed;
  const { publicOrigin: origin } = args.context.edge;
  try {
    switch (data.intent) {
      case 'invite': {
        const { email } = await invite(ctx, { email: data.email, role: data.role }, origin);
        return saved(`A letter is on its way to ${email}.`);
      }
      case 'role': {
        const { email, role } = await changeRole(ctx, data.id, data.role);
        return saved(`${email} is ${role} from now on.`);
      }
      case 'deactivate': return saved(`${(await deactivateMember(ctx, data.id)).email} cannot sign in any more.`);
      case 'reactivate': return saved(`${(await reactivateMember(ctx, data.id)).email} can sign in again.`);
      case 'reset-mfa': return saved(`${(await resetSecondFactor(ctx, data.id, origin)).email} signs in without a code until they set it up anew, and was told by mail.`);
      case 'resend': return saved(`A new letter is on its way to ${(await resendInvitation(ctx, data.id, origin)).email}.`);
      case 'revoke':
        await revokeInvitation(ctx, data.id);
        return saved('The link does not work any more.');
    }
  } catch (error) {
    return refused(error);
  }
}

export default function TeamPage() {
  const { members, invitations, permissions, me, mayManage, now } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const busy = useNavigation().formMethod === 'POST';
  return (
    <Page title="Team" back={{ to: '/settings', label: 'Settings' }} lead="Who may come in, and what they may do.">
      <FormMessage result={result} />
      <MemberTable members={members} me={me} mayManage={mayManage} />
      {invitations !== null && <InvitationsCard invitations={invitations} result={result} busy={busy} now={now} />}
      <PermissionTable permissions={permissions} />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
