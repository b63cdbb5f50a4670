/** The next months' revenue in small, with the way to the whole forecast. */
import { Link } from '@remix-run/react';
import type { ForecastView } from '#operations/forecast-views';
import { ForecastChart } from '../forecast/forecast-chart.tsx';

const PAST_MONTHS = 15;

export function MonthsAhead({ view }: { view: ForecastView }) {
  if (view.history.length === 0) return null;
  return <ForecastChart view={view} past={PAST_MONTHS} note={<>Net revenue by month, 80% likely. <Link to="/forecast" className="underline underline-offset-2">How far to trust it</Link></>} />;
}
