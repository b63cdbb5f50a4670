/** The four figures of contracts: what they bring, whose they are, who leaves, what they are worth. */
import type { RecurringRevenueView } from '#operations/subscription-views';
import { useFormats } from '../../format/use-formats.tsx';
import { horizonWords } from '../../format/words.ts';
import { SparkLine } from '../charts/spark-line.tsx';
import { KpiTile } from '../dashboard/kpi-tile.tsx';
import { Change } from '../ui/change.tsx';

export function RecurringTiles({ recurring }: { recurring: RecurringRevenueView }) {
  const { money, count, percent, decimal, day } = useFormats();
  const { churn, months, trialing, value, mrr, payingCustomers } = recurring;
  const asOf = `as of ${day(recurring.asOf)}`;
  const before = months.at(-2) ?? null;
  const ahead = horizonWords(recurring.horizonDays);
  const likely = percent(1 - 2 * churn.tail);
  const quiet = (text: string) => <span className="text-12 text-muted">{text}</span>;
  const assumed = churn.source === 'prior';
  return (
    <div className="grid grid-cols-2 gap-3 md:gap-4 xl:grid-cols-4">
      <KpiTile
        label="Recurring revenue a month" figure={money(mrr)} exact={money(mrr, 'exact')} asOf={asOf} shape={<SparkLine values={months.map((month) => month.mrr)} />}
        below={<Change now={mrr} before={before?.mrr ?? null} against="on the end of last month" />}
        definition="What contracts that are active, or whose payment is late, bring a month: before tax, after lasting discounts. Yearly prices count a twelfth. It is also called MRR."
        computed={`Trials are apart: ${count(trialing.subscriptions)} on trial would bring ${money(trialing.monthly, 'exact')} a month.`}
      />
      <KpiTile
        label="Paying customers" figure={count(payingCustomers)} exact={count(payingCustomers)} asOf={asOf} shape={<SparkLine values={months.map((month) => month.customers)} />}
        below={quiet(trialing.subscriptions === 0 ? 'Nobody is on trial' : `${count(trialing.subscriptions)} more on trial`)}
        definition="Customers with at least one contract that is active or whose payment is late."
        computed="A customer with several contracts counts once."
      />
      <KpiTile
        label="Leave in a month" figure={percent(churn.mean, 1)} exact={`${percent(churn.mean, 2)} a month`} asOf={asOf}
        shape={<SparkLine values={months.map((month) => (month.customersAtStart === 0 ? null : month.churnedCustomers / month.customersAtStart))} />}
        below={quiet(`${percent(churn.low, 1)} – ${percent(churn.high, 1)}, ${likely} likely`)}
        definition="The share of paying customers who end their last contract in a month, learnt from the last twelve whole months. It is also called churn."
        computed={assumed
          ? `There are only ${count(churn.contractMonths)} months of contracts to learn from, so an ordinary rate of 5 % weighs in and the range is wide. From 100 on your own customers speak.`
          : `${count(churn.churned)} of ${count(churn.contractMonths)} contract months ended in leaving.`}
      />
      <KpiTile
        label={`Contract value, ${ahead}`} figure={money(value.horizon.mean)} exact={money(value.horizon.mean, 'exact')} asOf={asOf} shape={quiet(`${money(value.whole.mean)} in all`)}
        below={quiet(`${money(value.horizon.low)} – ${money(value.horizon.high)}, ${likely} likely`)}
        definition={`What today's contracts are expected to bring in the ${ahead}, in today's money: payments of those who stay, no new customers.`}
        computed={`In all, for as long as they last: ${money(value.whole.mean, 'exact')} (${money(value.whole.low)} – ${money(value.whole.high)}), about ${decimal(value.whole.expectedMonths, 0)} more months each. Discounted at ${percent(recurring.discountRate, 1)} a year.${assumed ? ' The range is wide because there is little to learn from yet.' : ''}`}
      />
    </div>
  );
}
