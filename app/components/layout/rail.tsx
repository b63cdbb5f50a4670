/** The left rail: icons and words, collapsible; the choice is kept in a cookie so that nothing jumps on load. */
import { Link, useLocation } from '@remix-run/react';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { useState } from 'react';
import { Mark } from './mark.tsx';
import { currentOf, NAVIGATION } from './navigation.ts';

export const RAIL_COOKIE = 'perennial_rail';

export function Rail({ collapsedAtFirst }: { collapsedAtFirst: boolean }) {
  const [collapsed, setCollapsed] = useState(collapsedAtFirst);
  const { pathname } = useLocation();
  const toggle = () => {
    document.cookie = `${RAIL_COOKIE}=${collapsed ? 'open' : 'collapsed'}; Path=/; Max-Age=31536000; SameSite=Lax`;
    setCollapsed(!collapsed);
  };
  // Narrow screens show icons only, whatever was chosen.
  const words = collapsed ? 'sr-only' : 'sr-only lg:not-sr-only';
  const Toggle = collapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <div className={`sticky top-0 hidden h-dvh shrink-0 flex-col border-r border-line bg-surface px-3 py-3 md:flex ${collapsed ? 'w-[61px]' : 'w-[61px] lg:w-52'}`}>
      <div className="flex h-9 items-center gap-2.5 px-1.5">
        <Mark />
        <span className={`text-14 font-strong ${words}`}>Perennial</span>
      </div>
      <nav aria-label="Pages" className="mt-5 flex grow flex-col gap-0.5">
        {NAVIGATION.map((item) => {
          const current = currentOf(item, pathname);
          return (
            <Link
              key={item.to}
              to={item.to}
              prefetch="intent"
              title={item.label}
              aria-current={current}
              className={`flex h-9 items-center gap-3 rounded-control px-2.5 text-14 transition-colors ${current === undefined ? 'text-muted hover:bg-sunken hover:text-ink' : 'bg-accent-soft font-strong text-ink'}`}
            >
              <item.icon aria-hidden className="size-4 shrink-0" />
              <span className={words}>{item.label}</span>
            </Link>
          );
        })}
      </nav>
      <button type="button" onClick={toggle} aria-expanded={!collapsed} className="hidden h-9 items-center gap-3 rounded-control px-2.5 text-13 text-muted transition-colors hover:bg-sunken hover:text-ink lg:flex">
        <Toggle aria-hidden className="size-4 shrink-0" />
        <span className={words}>{collapsed ? 'Show words' : 'Collapse'}</span>
      </button>
    </div>
  );
}
