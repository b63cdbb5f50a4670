/** Ends the session. */
import { redirect, type ActionFunctionArgs } from '@remix-run/cloudflare';
import { signOut } from '../account.server.ts';

export async function action(args: ActionFunctionArgs) {
  return redirect('/sign-in?signed-out', { headers: await signOut(args) });
}

export function loader() {
  return redirect('/');
}
