/** The phone's navigation: four pages within thumb's reach, the rest behind "More". */
import { Link, NavLink, useLocation } from '@remix-run/react';
import { Ellipsis } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { NAVIGATION } from './navigation.ts';

const itemClass = (active: boolean): string =>
  `flex min-w-0 grow basis-0 flex-col items-center justify-center gap-0.5 text-12 ${active ? 'font-strong text-accent' : 'text-muted'}`;

export function BottomBar() {
  const { pathname } = useLocation();
  const rest = NAVIGATION.filter((item) => !item.primary);
  return (
    <nav aria-label="Pages" className="fixed inset-x-0 bottom-0 z-30 flex h-[calc(3.5rem+env(safe-area-inset-bottom))] border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden">
      {NAVIGATION.filter((item) => item.primary).map(({ to, label, icon: Icon }) => (
        <NavLink key={to} to={to} end={to === '/'} className={({ isActive }) => itemClass(isActive)}>
          <Icon aria-hidden className="size-5" />
          {label}
        </NavLink>
      ))}
      <DropdownMenu.Root>
        <DropdownMenu.Trigger className={itemClass(rest.some(({ to }) => pathname.startsWith(to)))}>
          <Ellipsis aria-hidden className="size-5" />
          More
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content side="top" align="end" sideOffset={8} collisionPadding={8} className="rise z-50 min-w-48 rounded-card border border-line bg-surface p-1 shadow-float">
            {rest.map(({ to, label, icon: Icon }) => (
              <DropdownMenu.Item key={to} asChild>
                <Link to={to} className="flex h-11 items-center gap-3 rounded-control px-3 outline-none data-highlighted:bg-sunken">
                  <Icon aria-hidden className="size-4 text-muted" />
                  {label}
                </Link>
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </nav>
  );
}
