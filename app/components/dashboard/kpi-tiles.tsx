/** The six figures at the top of the dashboard. */
import type { Snapshot } from '#core/live/snapshot';
import type { CompanyView } from '#operations/company-views';
import type { DashboardRange, TrendPoint } from '#operations/dashboard-views';
import { assertNever } from '#core/errors';
import { useFormats } from '../../format/use-formats.tsx';
import { horizonWords } from '../../format/words.ts';
import { SparkLine, smoothed } from '../charts/spark-line.tsx';
import { SplitBar } from '../charts/split-bar.tsx';
import { Change } from '../ui/change.tsx';
import { KpiTile } from './kpi-tile.tsx';
import { daysOf, figuresOf, rangeWords } from './window.ts';

export function revenueWords(basis: CompanyView['revenueBasis']): string {
  switch (basis) {
    case 'net_sales': return 'goods after discounts, without tax, shipping and tips';
    case 'with_shipping': return 'goods after discounts and shipping, without tax and tips';
    case 'total_paid': return 'everything the customer paid';
    default: return assertNever(basis);
  }
}

interface KpiTilesProps {
  snapshot: Snapshot;
  range: DashboardRange;
  trend: TrendPoint[];
  company: CompanyView;
}

export function KpiTiles({ snapshot, range, trend, company }: KpiTilesProps) {
  const { money, count, day, percent } = useFormats();
  const now = figuresOf(snapshot, range, trend);
  const window = rangeWords(range);
  const days = daysOf(range);
  const against = days === null ? '' : `on the ${days} days before`;
  const asOf = `as of ${day(snapshot.asOf)}`;
  const { recent, value } = snapshot;
  const buyers = now.returningCustomers === null ? null : now.newCustomers + now.returningCustomers;
  const average = now.averageOrderValue;
  const ahead = horizonWords(snapshot.horizonDays);
  const quiet = (text: string) => <span className="text-12 text-muted">{text}</span>;
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 md:gap-4">
      <KpiTile
        label="Net revenue" figure={money(now.net)} exact={money(now.net, 'exact')} asOf={asOf} shape={<SparkLine values={recent.map((point) => point.net)} />}
        below={<Change now={now.net} before={now.previous?.net ?? null} against={against} />}
        definition={`What orders brought, ${window}, less refunds dated in that time: ${revenueWords(company.revenueBasis)}.`}
        computed={`${money(now.gross, 'exact')} gross less ${money(now.gross - now.net, 'exact')} refunded. Days are those of ${company.timeZone}.`}
      />
      <KpiTile
        label="Orders" figure={count(now.orders)} exact={count(now.orders)} asOf={asOf} shape={<SparkLine values={recent.map((point) => point.orders)} />}
        below={<Change now={now.orders} before={now.previous?.orders ?? null} against={against} />}
        definition={`Paid orders, ${window}. Orders cancelled, refunded in full or marked as tests are not counted.`}
        computed={company.countZeroOrders ? 'Orders of amount zero are counted, as your settings say.' : 'Orders of amount zero are not counted, as your settings say.'}
      />
      <KpiTile
        label="New customers" figure={count(now.newCustomers)} exact={count(now.newCustomers)} asOf={asOf} shape={<SparkLine values={recent.map((point) => point.newCustomers)} />}
        below={<Change now={now.newCustomers} before={now.previous?.newCustomers ?? null} against={against} />}
        definition={`Customers whose first purchase ever fell in this time: ${window}.`}
        computed="A customer is one person across orders, found by the platform's customer number or the e-mail address."
      />
      <KpiTile
        label="Returning customers" figure={now.returningCustomers === null ? '–' : count(now.returningCustomers)} exact={now.returningCustomers === null ? 'Choose a range of days' : count(now.returningCustomers)} asOf={asOf} shape={buyers === null ? null : <SplitBar first={now.returningCustomers ?? 0} second={now.newCustomers} words="returning, then new" />}
        below={quiet(buyers === null ? 'Needs a range of days: everyone returning was new once' : buyers === 0 ? 'Nobody bought in this time' : `${percent((now.returningCustomers ?? 0) / buyers)} of the ${count(buyers)} who bought`)}
        definition={`Customers who bought in this time (${window}) and had bought before it began.`}
        computed="New and returning customers together are everyone who bought in this time."
      />
      <KpiTile
        label="Average order value" figure={average === null ? '–' : money(average)} exact={average === null ? 'No orders' : money(average, 'exact')} asOf={asOf}
        shape={<SparkLine values={smoothed(recent.map((point) => (point.orders === 0 ? null : point.net / point.orders)), 7)} />}
        below={average === null ? quiet('No orders in this time') : <Change now={average} before={now.previous?.averageOrderValue ?? null} against={against} />}
        definition={`Net revenue divided by orders, ${window}.`}
        computed={`${money(now.net, 'exact')} ÷ ${count(now.orders)} orders. The line is a mean over seven days.`}
      />
      <KpiTile
        label="Value of all customers" figure={money(value.totalValue, value.totalValue > 1e9 ? 'compact' : 'short')} exact={money(value.totalValue, 'exact')} asOf={asOf} shape={<SplitBar first={value.historicalValue} second={value.predictedValue} words="so far, then likely to come" />}
        below={quiet(`${money(value.historicalValue, 'compact')} so far, ${money(value.predictedValue, 'compact')} likely in the ${ahead}`)}
        definition={`What ${count(value.customers)} customers brought so far, net, plus what they are expected to bring in the ${ahead}.`}
        computed={`${money(value.historicalValue, 'exact')} so far + ${money(value.predictedValue, 'exact')} expected. Expected money is discounted at ${percent(company.discountRate, 1)} a year. It is all-time, whatever range is chosen.`}
      />
    </div>
  );
}
