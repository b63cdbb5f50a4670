/** How the model of repeat buying did: tracking week by week, calibration by tenth, the models beside each other, and past totals. */
import { addDays } from '#core/calendar/days';
import type { ValueEvidenceView } from '#operations/model-cards';
import { useFormats } from '../../format/use-formats.tsx';
import { ChartFrame } from '../charts/chart-frame.tsx';
import { DriftFigures } from './drift-figures.tsx';
import { Figures } from './figures.tsx';

export function ValueEvidence({ evidence }: { evidence: ValueEvidenceView }) {
  const { choice, total, holdout, tracking, drift } = evidence;
  return (
    <>
      <div className="grid gap-4 lg:grid-cols-2">
        {tracking && <TrackingChart tracking={tracking} />}
        {holdout && holdout.deciles.length > 0 && <DecileChart holdout={holdout} />}
      </div>
      {choice && choice.origins.length > 0 && <Choice choice={choice} />}
      {total && total.past.length > 0 && <PastTotals total={total} />}
      {drift && <DriftFigures drift={drift.drift} asOf={drift.asOf} since={drift.since} fileName="value-drift" />}
    </>
  );
}

function TrackingChart({ tracking }: { tracking: NonNullable<ValueEvidenceView['tracking']> }) {
  const { count, day, dayShort, percent } = useFormats();
  const days = tracking.actual.map((_, week) => addDays(tracking.from, (week + 1) * 7));
  const [last, said] = [tracking.actual.at(-1) ?? 0, tracking.expected.at(-1) ?? 0];
  const off = last > 0 ? said / last - 1 : 0;
  const title = Math.abs(off) < 0.02 ? 'Repeat purchases came as expected' : `${percent(Math.abs(off))} ${off < 0 ? 'more' : 'fewer'} repeat purchases came than expected`;
  return (
    <ChartFrame
      title={title}
      note={`Repeat purchases so far, week by week; learned from the first ${count(tracking.calibrationWeeks)} weeks alone${tracking.mape === null ? '' : `, off by ${percent(tracking.mape / 100, 1)} on average after them`}`}
      summary={`${title}: ${count(said)} expected, ${count(last)} happened.`}
      spec={{
        labels: days.map(day), ticks: days.map(dayShort), stacked: false, exact: (value) => count(Math.round(value)), axis: (value) => count(value),
        series: [{ label: 'Happened', values: tracking.actual, color: 'series-1', look: 'line' }, { label: 'Expected', values: tracking.expected, color: 'series-2', look: 'dashed' }],
      }}
      keyHeader="Week to" csvHeader={['week_to', 'happened', 'expected', 'learned_from']}
      csvRows={days.map((end, week) => [end, tracking.actual[week] ?? 0, tracking.expected[week] ?? 0, week < tracking.calibrationWeeks ? 'yes' : 'no'])}
      fileName="model-tracking"
    />
  );
}

function DecileChart({ holdout }: { holdout: NonNullable<ValueEvidenceView['holdout']> }) {
  const { decimal, percent, count } = useFormats();
  const names = holdout.deciles.map((_, k) => `Tenth ${k + 1}`);
  return (
    <ChartFrame
      title={`The range held for ${percent(holdout.intervalCoverage)} of customers; ${percent(holdout.intervalTarget)} was meant`}
      note={`Orders a customer over ${count(holdout.horizonDays)} days held back, customers in tenths by what was expected`}
      summary={`Expected and actual orders by tenth of ${count(holdout.customers)} customers.`}
      spec={{
        labels: names, ticks: holdout.deciles.map((_, k) => String(k + 1)), stacked: false, exact: (value) => decimal(value, 2), axis: (value) => decimal(value, 1),
        series: [{ label: 'Expected', values: holdout.deciles.map((each) => each.expected), color: 'series-2', look: 'bar' }, { label: 'Happened', values: holdout.deciles.map((each) => each.actual), color: 'series-1', look: 'bar' }],
      }}
      keyHeader="Customers" csvHeader={['tenth', 'customers', 'expected_orders', 'actual_orders']}
      csvRows={holdout.deciles.map((each, k) => [k + 1, each.customers, each.expected, each.actual])} fileName="model-calibration"
    />
  );
}

function Choice({ choice }: { choice: NonNullable<ValueEvidenceView['choice']> }) {
  const { decimal, percent, day } = useFormats();
  const verdictOf = (model: string): string => {
    if (model === choice.standing) return 'stood';
    const verdict = choice.verdicts.find((each) => each.challenger === model);
    if (!verdict) return 'no fit of its own on each day';
    return verdict.better ? 'better beyond chance' : 'not better beyond chance';
  };
  return (
    <Figures
      title={choice.why} note={`From ${choice.origins.map((origin) => day(origin.calibrationEnd)).join(', ')}: each model learned from what was known by that day and foretold the ${String(choice.origins[0]?.horizonDays ?? 0)} days after it`}
      header={['Model', 'Total off by', 'Error a customer', 'Deviance', 'Verdict']}
      rows={choice.trials.map((trial) => [`${trial.model}${trial.model === choice.chosen ? ' (serves)' : ''}`, percent(trial.bias, 1), decimal(trial.mae, 3), decimal(trial.deviance, 4), verdictOf(trial.model)])}
      csvHeader={['model', 'bias', 'mae', 'rmse', 'deviance', 'difference', 'standard_error', 'verdict']}
      csvRows={choice.trials.map((trial) => {
        const verdict = choice.verdicts.find((each) => each.challenger === trial.model);
        return [trial.model, trial.bias, trial.mae, trial.rmse, trial.deviance, verdict?.difference ?? '', verdict?.standardError ?? '', verdictOf(trial.model)];
      })}
      fileName="models-compared"
    />
  );
}

function PastTotals({ total }: { total: NonNullable<ValueEvidenceView['total']> }) {
  const { count, day, decimal } = useFormats();
  const range = ({ low, high }: { low: number; high: number }): string => `${count(Math.round(low))} – ${count(Math.round(high))}`;
  return (
    <Figures
      title={total.widenedBy > 1.005 ? `Totals are shown ${decimal(total.widenedBy)} times as wide as chance alone would make them` : 'Totals of earlier days were held by their ranges'}
      note="Models know no season and no campaign: the range of all customers together is widened until each earlier forecast would have held what came"
      header={['From', 'Days', 'Orders expected', 'Happened', 'By chance alone', 'Widened']}
      rows={total.past.map((each) => [day(each.calibrationEnd), count(each.horizonDays), count(Math.round(each.orders.expected)), count(each.orders.actual), range(each.orders), range(each.widened.orders)])}
      csvHeader={['from', 'days', 'customers', 'orders_expected', 'orders_low', 'orders_high', 'orders_actual', 'widened_low', 'widened_high', 'value_expected_minor', 'value_actual_minor', 'value_widened_low_minor', 'value_widened_high_minor']}
      csvRows={total.past.map(({ calibrationEnd, horizonDays, customers, orders, value, widened }) => [calibrationEnd, horizonDays, customers, orders.expected, orders.low, orders.high, orders.actual, widened.orders.low, widened.orders.high, value.expected, value.actual, widened.value.low, widened.value.high])}
      fileName="past-totals"
    />
  );
}
