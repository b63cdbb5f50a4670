/** Confirms an address by the link of a mail. It takes a press: programs that look into mails follow links by themselves. */
import type { ActionFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useNavigation } from '@remix-run/react';
import { confirmByLink } from '../account.server.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, saved } from '../components/forms/form-result.ts';
import { AuthFrame } from '../components/layout/auth-frame.tsx';
import { Button, ButtonLink } from '../components/ui/button.tsx';
import { readForm } from '../form.server.ts';

export const meta: MetaFunction = () => [{ title: 'Confirm your address · Perennial' }];

export async function action(args: ActionFunctionArgs) {
  await readForm(args, []);
  try {
    const { email, moved } = await confirmByLink(args, new URL(args.request.url).searchParams.get('token') ?? '');
    return saved(moved ? `Your account has the address ${email} from now on.` : `${email} is confirmed.`);
  } catch (error) {
    return refused(error);
  }
}

export default function VerifyEmail() {
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  return (
    <AuthFrame title="Confirm your address" lead="One press, and we know that it is yours." below={<Link to="/" className="font-strong text-accent underline-offset-2 hover:underline">To Perennial</Link>}>
      <FormMessage result={result} />
      {result?.ok === true ? <div className="mt-4"><ButtonLink to="/" look="primary">Go on</ButtonLink></div> : (
        <Form method="post" className="mt-4">
          <Button type="submit" look="primary" className="h-10 w-full" aria-disabled={busy}>{busy ? 'One moment…' : 'Confirm'}</Button>
        </Form>
      )}
    </AuthFrame>
  );
}
