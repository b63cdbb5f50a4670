/** Keeps the chosen theme in a cookie. */
import { data, type ActionFunctionArgs } from '@remix-run/cloudflare';
import { themeCookie } from '../theme/theme.server.ts';
import { themeOf } from '../theme/theme.ts';

export async function action({ request }: ActionFunctionArgs) {
  const chosen = (await request.formData()).get('theme');
  const theme = themeOf(typeof chosen === 'string' ? chosen : null);
  return data({ theme }, { headers: { 'set-cookie': themeCookie(theme) } });
}
