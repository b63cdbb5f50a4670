/** Chooses the window of the dashboard; the address keeps it. */
import { useSearchParams } from '@remix-run/react';
import type { DashboardRange } from '#operations/dashboard-views';
import { Segmented } from '../ui/segmented.tsx';

const RANGES: readonly { range: DashboardRange; label: string; description: string }[] = [
  { range: '7d', label: '7 days', description: 'Last 7 days' },
  { range: '30d', label: '30 days', description: 'Last 30 days' },
  { range: '90d', label: '90 days', description: 'Last 90 days' },
  { range: '365d', label: '1 year', description: 'Last 365 days' },
  { range: 'all', label: 'All', description: 'Everything so far' },
];

export const DEFAULT_RANGE: DashboardRange = '30d';

export function rangeOf(text: string | null): DashboardRange {
  return RANGES.find(({ range }) => range === text)?.range ?? DEFAULT_RANGE;
}

export function RangePicker() {
  const [parameters] = useSearchParams();
  const current = rangeOf(parameters.get('range'));
  return (
    <Segmented
      label="Date range"
      options={RANGES.map(({ range, label, description }) => ({
        to: range === DEFAULT_RANGE ? '/' : `/?range=${range}`, label, description, current: range === current,
      }))}
    />
  );
}
