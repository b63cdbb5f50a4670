/** What acting brought: those acted on against those held out, as a sentence, a chart and figures. */
import { useMemo } from 'react';
import { minorDigits } from '#core/commerce/money';
import { responseWords } from '#core/actions/words';
import type { LiftView } from '#operations/action-views';
import { useFormats } from '../../format/use-formats.tsx';
import { ChartFrame } from '../charts/chart-frame.tsx';
import type { PlotSpec } from '../charts/plot-spec.ts';
import { Card } from '../ui/card.tsx';

export function LiftCard({ lift, isRunning }: { lift: LiftView; isRunning: boolean }) {
  const formats = useFormats();
  const { count, day, money, decimal } = formats;
  const inCurrency = (minor: number): string => money(minor, 'exact', lift.currency);
  const between = (low: number | null, high: number | null, write: (value: number) => string): string => (low === null || high === null ? 'not known yet' : `${write(low)} to ${write(high)}`);
  const signed = (value: number, write: (value: number) => string): string => `${value > 0 ? '+' : value < 0 ? '−' : ''}${write(Math.abs(value))}`;
  const orders = (value: number): string => signed(value, (of) => decimal(of, 3)), net = (value: number): string => signed(value, inCurrency);
  const spec = useMemo((): PlotSpec => ({
    labels: lift.series.map((one) => formats.day(one.day)), ticks: lift.series.map((one) => formats.dayShort(one.day)), stacked: false,
    series: [
      { label: 'Acted on', values: lift.series.map((one) => one.acted), color: 'series-1', look: 'line' },
      { label: 'Held out', values: lift.series.map((one) => one.heldOut), color: 'muted', look: 'dashed' },
    ],
    exact: (value) => formats.money(value, 'exact', lift.currency), axis: (value) => formats.money(value, 'compact', lift.currency),
  }), [lift, formats]);
  const scale = 10 ** minorDigits(lift.currency);
  return (
    <>
      <Card title={lift.verdict} note={`${isRunning ? 'So far' : 'Ended'}: ${day(lift.from)} to ${day(lift.through)}. ${count(lift.acted)} customers acted on, ${count(lift.heldOut)} held out; all had an action when it began.`}>
        <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-3">
          <Figure label="Net revenue a customer" value={net(lift.net.difference)} range={between(lift.net.low, lift.net.high, net)} detail={`${inCurrency(lift.net.acted)} acted on, ${inCurrency(lift.net.heldOut)} held out`} />
          <Figure label="Orders a customer" value={orders(lift.orders.difference)} range={between(lift.orders.low, lift.orders.high, orders)} detail={`${decimal(lift.orders.acted, 3)} acted on, ${decimal(lift.orders.heldOut, 3)} held out`} />
          <Figure label="Of all acted on, together" value={net(lift.total.value)} range={between(lift.total.low, lift.total.high, net)} detail={lift.net.isSure ? 'Measured, not expected' : 'Not yet distinguishable from chance'} />
        </dl>
        <p className="mt-3 text-12 text-pretty text-muted">The range holds the true difference in 95 of 100 cases (Welch). Counted is every order since the start, whatever it came from: what differs between the two groups is only whether an action was shown for them.</p>
        {lift.actions.length > 0 && (
          <details className="mt-2 border-t border-line pt-2">
            <summary className="cursor-pointer py-1 text-13 font-strong">By action</summary>
            <ul className="mt-1 flex flex-col gap-2 text-13">
              {lift.actions.map((one) => (
                <li key={one.id}>
                  <p className="flex flex-wrap justify-between gap-x-4"><span className="font-strong">{one.name}</span><span className="figures">{orders(one.orders.difference)} orders a customer ({between(one.orders.low, one.orders.high, orders)})</span></p>
                  <p className="text-muted">{count(one.acted)} acted on, {count(one.heldOut)} held out.{one.response !== null && ` Of those who would have stayed away ${one.response.value <= 0 ? 'none more' : responseWords(one.response.value)} came.`}</p>
                </li>
              ))}
            </ul>
          </details>
        )}
      </Card>
      {lift.series.length > 1 && (
        <ChartFrame
          title="Net revenue a customer since the start" note="Both lines begin at nothing; what acting brings is the distance between them." spec={spec} keyHeader="Day"
          summary={`Net revenue a customer since the start: ${inCurrency(lift.net.acted)} of those acted on, ${inCurrency(lift.net.heldOut)} of those held out.`}
          csvHeader={['day', `acted_${lift.currency}`, `held_out_${lift.currency}`]} csvRows={lift.series.map((one) => [one.day, one.acted / scale, one.heldOut / scale])} fileName="action-lift"
        />
      )}
    </>
  );
}

function Figure({ label, value, range, detail }: { label: string; value: string; range: string; detail: string }) {
  return (
    <div>
      <dt className="text-13 text-muted">{label}</dt>
      <dd><span className="figures text-20 font-strong">{value}</span> <span className="figures block text-13">{range}</span><span className="block text-12 text-muted">{detail}</span></dd>
    </div>
  );
}
