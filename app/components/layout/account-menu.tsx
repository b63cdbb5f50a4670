/** Who is signed in, the theme, and the way out. */
import { Form, Link, useFetcher } from '@remix-run/react';
import { Check, CircleUser, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { UserView } from '#operations/company-views';
import { initials } from '../../format/words.ts';
import { THEMES, themeOf, type Theme } from '../../theme/theme.ts';

const THEME_LOOK = {
  system: { label: 'As the device', icon: Monitor },
  light: { label: 'Light', icon: Sun },
  dark: { label: 'Dark', icon: Moon },
} as const;

const ITEM = 'flex h-9 w-full items-center gap-3 rounded-control px-2.5 text-14 outline-none data-highlighted:bg-sunken';

export function AccountMenu({ user, theme }: { user: UserView; theme: Theme }) {
  const name = user.name ?? user.email;
  const fetcher = useFetcher();
  const asked = fetcher.formData?.get('theme');
  const choose = (value: string) => {
    // At once here, and by the cookie from the next page on.
    document.documentElement.dataset.theme = value;
    fetcher.submit({ theme: value }, { method: 'post', action: '/theme' });
  };
  const shown = typeof asked === 'string' ? themeOf(asked) : theme;
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger aria-label={`Account of ${name}`} className="flex size-9 items-center justify-center rounded-full bg-accent-soft text-13 font-strong text-ink">
        {initials(name)}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={8} collisionPadding={8} className="rise z-50 w-64 rounded-card border border-line bg-surface p-1 shadow-float">
          <div className="px-2.5 py-2">
            <p className="truncate text-14 font-strong">{name}</p>
            <p className="truncate text-13 text-muted">{user.name === null ? roleWords(user.role) : user.email}</p>
          </div>
          <DropdownMenu.Item asChild>
            <Link to="/account" className={ITEM}><CircleUser aria-hidden className="size-4 text-muted" />Your account</Link>
          </DropdownMenu.Item>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Label className="px-2.5 py-1 text-12 text-muted">Theme</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={shown} onValueChange={choose}>
            {THEMES.map((value) => {
              const { label, icon: Icon } = THEME_LOOK[value];
              return (
                <DropdownMenu.RadioItem key={value} value={value} className={ITEM} onSelect={(event) => event.preventDefault()}>
                  <Icon aria-hidden className="size-4 text-muted" />
                  <span className="grow">{label}</span>
                  <DropdownMenu.ItemIndicator><Check aria-hidden className="size-4 text-accent" /></DropdownMenu.ItemIndicator>
                </DropdownMenu.RadioItem>
              );
            })}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <Form method="post" action="/sign-out">
            <DropdownMenu.Item asChild onSelect={(event) => event.preventDefault()}>
              <button type="submit" className={ITEM}>
                <LogOut aria-hidden className="size-4 text-muted" />
                Sign out
              </button>
            </DropdownMenu.Item>
          </Form>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function roleWords(role: UserView['role']): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
