/** A small "i" beside a label: definition, exact figure, how it was computed. */
import { Info } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';

export function InfoPopover({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Popover.Root>
      <Popover.Trigger aria-label={`About ${label}`} className="-m-1.5 inline-flex rounded-control p-1.5 text-muted transition-colors hover:text-ink">
        <Info aria-hidden className="size-3.5" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content sideOffset={6} collisionPadding={16} className="rise z-50 w-80 max-w-[calc(100vw-2rem)] rounded-card border border-line bg-surface p-4 text-13 shadow-float">
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
