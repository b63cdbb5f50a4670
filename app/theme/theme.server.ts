/** Reads and keeps the chosen theme in a cookie, so that the first paint is already right. */
import { themeOf, type Theme } from './theme.ts';

export function themeFromRequest(request: Request): Theme {
  const cookie = request.headers.get('cookie') ?? '';
  return themeOf(/(?:^|;\s*)perennial_theme=([a-z]+)/.exec(cookie)?.[1] ?? null);
}

export function themeCookie(theme: Theme): string {
  return `perennial_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
