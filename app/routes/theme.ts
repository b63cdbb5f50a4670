/** Keeps the chosen theme in a cookie. */
import { data, type ActionFunctionArgs } from '@remix-run/cloudflare';
import { readForm } from '../form.server.ts';
import { themeCookie } from '../theme/theme.server.ts';
import { themeOf } from '../theme/theme.ts';

export async function action(args: ActionFunctionArgs) {
  const chosen = (await readForm(args, ['theme'])).get('theme');
  const theme = themeOf(typeof chosen === 'string' ? chosen : null);
  return data({ theme }, { headers: { 'set-cookie': themeCookie(theme) } });
}
