/** A row of choices of which one holds, as links: the address keeps the choice and works without scripts. */
import { Link } from '@remix-run/react';

export interface SegmentedOption {
  to: string;
  label: string;
  current: boolean;
  /** Longer name for those who cannot see the short one. */
  description?: string;
}

export function Segmented({ label, options }: { label: string; options: SegmentedOption[] }) {
  return (
    <nav aria-label={label} className="inline-flex max-w-full overflow-x-auto rounded-control sm:shrink-0 border border-line bg-sunken p-0.5">
      {options.map((option) => (
        <Link
          key={option.to}
          to={option.to}
          replace
          preventScrollReset
          prefetch="intent"
          aria-label={option.description}
          aria-current={option.current ? 'true' : undefined}
          className={`rounded-[5px] px-2.5 py-1 text-13 whitespace-nowrap transition-colors ${option.current ? 'bg-surface font-strong text-ink ring-1 ring-line' : 'text-muted hover:text-ink'}`}
        >
          {option.label}
        </Link>
      ))}
    </nav>
  );
}
