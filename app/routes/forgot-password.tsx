/** Asks for a link that sets a new password; the answer is the same whether or not there is an account. */
import type { ActionFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Form, Link, useActionData, useNavigation } from '@remix-run/react';
import { z } from 'zod';
import { forgotPassword } from '../account.server.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, refusedFields, saved } from '../components/forms/form-result.ts';
import { TextField } from '../components/forms/field.tsx';
import { AuthFrame } from '../components/layout/auth-frame.tsx';
import { Button } from '../components/ui/button.tsx';
import { readForm } from '../form.server.ts';

export const meta: MetaFunction = () => [{ title: 'Forgotten password · Perennial' }];

const form = z.object({ email: z.string().trim().min(1, 'Enter your e-mail address').email('This is not an e-mail address; write it like name@shop.com') });

export async function action(args: ActionFunctionArgs) {
  const parsed = form.safeParse(Object.fromEntries(await readForm(args, ['email'])));
  if (!parsed.success) return refusedFields(parsed.error);
  try {
    await forgotPassword(args, parsed.data.email);
    return saved(`If ${parsed.data.email} has an account, a link is on its way there. It works once, for an hour.`);
  } catch (error) {
    return refused(error);
  }
}

export default function ForgotPassword() {
  const result = useActionData<typeof action>();
  const busy = useNavigation().state !== 'idle';
  return (
    <AuthFrame title="Forgotten password" lead="We mail you a link that sets a new one." below={<Link to="/sign-in" className="font-strong text-accent underline-offset-2 hover:underline">Back to signing in</Link>}>
      <Form method="post" noValidate className="flex flex-col gap-4">
        <FormMessage result={result} />
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required error={result?.errors.email} />
        <Button type="submit" look="primary" className="mt-1 h-10 w-full" aria-disabled={busy}>{busy ? 'One moment…' : 'Send the link'}</Button>
      </Form>
    </AuthFrame>
  );
}
