/** The phone's navigation: four pages within thumb's reach, the rest behind "More". */
import { Link, useLocation } from '@remix-run/react';
import { Ellipsis } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { currentOf, NAVIGATION } from './navigation.ts';

const itemClass = (active: boolean): string =>
  `flex min-w-0 grow basis-0 flex-col items-center justify-center gap-0.5 text-12 ${active ? 'font-strong text-accent' : 'text-muted'}`;

export function BottomBar() {
  const { pathname } = useLocation();
  const rest = NAVIGATION.filter((item) => !item.primary);
  return (
    <nav aria-label="Pages" className="fixed inset-x-0 bottom-0 z-30 flex h-[calc(3.5rem+env(safe-area-inset-bottom))] border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden">
      {NAVIGATION.filter((item) => item.primary).map((item) => {
        const current = currentOf(item, pathname);
        return (
          <Link key={item.to} to={item.to} aria-current={current} className={itemClass(current !== undefined)}>
            <item.icon aria-hidden className="size-5" />
            {item.label}
          </Link>
        );
      })}
      <DropdownMenu.Root>
        <DropdownMenu.Trigger className={itemClass(rest.some((item) => currentOf(item, pathname) !== undefined))}>
          <Ellipsis aria-hidden className="size-5" />
          More
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content side="top" align="end" sideOffset={8} collisionPadding={8} className="rise z-50 min-w-48 rounded-card border border-line bg-surface p-1 shadow-float">
            {rest.map((item) => {
              const current = currentOf(item, pathname);
              return (
                <DropdownMenu.Item key={item.to} asChild>
                  <Link to={item.to} aria-current={current} className={`flex h-11 items-center gap-3 rounded-control px-3 outline-none data-highlighted:bg-sunken ${current === undefined ? '' : 'bg-accent-soft font-strong'}`}>
                    <item.icon aria-hidden className="size-4 text-muted" />
                    {item.label}
                  </Link>
                </DropdownMenu.Item>
              );
            })}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </nav>
  );
}
