/** One live figure: label, value, change, shape of 90 days, and behind the "i" what it means exactly. */
import type { ReactNode } from 'react';
import { InfoPopover } from '../ui/info-popover.tsx';
import { LiveFigure } from '../ui/live-figure.tsx';

interface KpiTileProps {
  label: string;
  figure: string;
  /** Change, or another second line. */
  below: ReactNode;
  /** The shape of the last 90 days, or of what the figure is made of. */
  shape: ReactNode;
  asOf: string;
  /** Every digit. */
  exact: string;
  definition: string;
  computed: string;
}

export function KpiTile({ label, figure, below, shape, asOf, exact, definition, computed }: KpiTileProps) {
  return (
    <section aria-label={label} className="flex min-w-0 flex-col gap-1 rounded-card border border-line bg-surface p-4 sm:p-5">
      <div className="flex items-center justify-between gap-2">
        <h2 className="text-13 font-normal text-muted">{label}</h2>
        <InfoPopover label={label}>
          <p className="font-strong">{label}</p>
          <p className="figures mt-1 text-16">{exact}</p>
          <p className="mt-2">{definition}</p>
          <p className="mt-2 text-muted">{computed}</p>
        </InfoPopover>
      </div>
      <p className="text-20 font-strong tracking-tight sm:text-28"><LiveFigure>{figure}</LiveFigure></p>
      <div className="min-h-[2.25rem]">{below}</div>
      <div className="mt-auto pt-1">
        {shape}
        <p className="mt-1 text-12 text-muted">{asOf}</p>
      </div>
    </section>
  );
}
