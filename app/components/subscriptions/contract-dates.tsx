/** When a contract began, and what comes next: its end, or its renewal. */
import type { SubscriptionView } from '#operations/subscription-views';
import { useFormats } from '../../format/use-formats.tsx';

/** The one date that matters now, in words; null where none is known. */
export function useNextDate(): (row: SubscriptionView) => string | null {
  const { date } = useFormats();
  return (row) => {
    if (row.endedAt !== null) return `Ended ${date(row.endedAt)}`;
    if (row.cancelAt !== null) return `Ends ${date(row.cancelAt)}`;
    if (row.currentPeriodEnd !== null && row.status !== 'paused') return `${row.status === 'trialing' ? 'Trial until' : 'Renews'} ${date(row.currentPeriodEnd)}`;
    return null;
  };
}
