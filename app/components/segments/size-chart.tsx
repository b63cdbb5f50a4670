/** How a segment grew and shrank: its size, its worth, and who came and went, day by day. */
import { useMemo } from 'react';
import { minorDigits } from '#core/commerce/money';
import { useFormats } from '../../format/use-formats.tsx';
import { membersWords } from '../../format/words.ts';
import { ChartFrame } from '../charts/chart-frame.tsx';

export interface SegmentDay {
  /** YYYY-MM-DD, the company's. */
  day: string;
  /** At the end of the day. */
  members: number;
  entered: number;
  left: number;
}

/** @param madeOn the instant at which the segment was made: before it there was nothing that could have been larger */
export function SizeChart({ name, days, madeOn }: { name: string; days: readonly SegmentDay[]; madeOn: string }) {
  const { count, date, day, dayShort, compact } = useFormats();
  const spec = useMemo(() => ({
    labels: days.map((one) => day(one.day)), ticks: days.map((one) => dayShort(one.day)),
    series: [{ label: 'Members', values: days.map((one) => one.members), color: 'series-1' as const, look: 'step' as const }],
    stacked: false, exact: count, axis: wholeOnly(compact),
  }), [days, day, dayShort, count, compact]);
  const first = days[0]?.members ?? 0;
  const last = days.at(-1)?.members ?? 0;
  const isYoung = first === 0 && Date.parse(days[0]?.day ?? '') < Date.parse(madeOn);
  const title = isYoung ? `${membersWords(last, count)}, kept since ${date(madeOn)}` : first === last ? `${membersWords(last, count)}, as many as ${count(days.length)} days ago` : `${count(Math.abs(last - first))} ${last > first ? 'more' : 'fewer'} ${Math.abs(last - first) === 1 ? 'member' : 'members'} than ${count(days.length)} days ago`;
  return (
    <ChartFrame
      title={title} note="Members at the end of each day" summary={`${title}: from ${count(first)} to ${count(last)}.`}
      spec={spec} keyHeader="Day" csvHeader={['day', 'members', 'entered', 'left']} csvRows={days.map((one) => [one.day, one.members, one.entered, one.left])} fileName={`${fileName(name)}-size`}
    />
  );
}

export function ComingsChart({ name, days }: { name: string; days: readonly SegmentDay[] }) {
  const { count, day, dayShort, compact } = useFormats();
  const spec = useMemo(() => ({
    labels: days.map((one) => day(one.day)), ticks: days.map((one) => dayShort(one.day)),
    series: [
      { label: 'Entered', values: days.map((one) => one.entered), color: 'series-1' as const, look: 'bar' as const },
      { label: 'Left', values: days.map((one) => (one.left === 0 ? 0 : -one.left)), color: 'series-3' as const, look: 'bar' as const },
    ],
    stacked: true, exact: (value: number) => count(Math.abs(value)), axis: wholeOnly((value) => compact(Math.abs(value))),
  }), [days, day, dayShort, count, compact]);
  const entered = days.reduce((sum, one) => sum + one.entered, 0);
  const left = days.reduce((sum, one) => sum + one.left, 0);
  const title = entered + left === 0 ? 'Nobody came or went' : `${count(entered)} entered and ${count(left)} left`;
  return (
    <ChartFrame
      title={title} note={`In ${count(days.length)} days; who left stands below the line`} summary={`${title} in ${count(days.length)} days.`}
      spec={spec} keyHeader="Day" csvHeader={['day', 'entered', 'left']} csvRows={days.map((one) => [one.day, one.entered, one.left])} fileName={`${fileName(name)}-comings`}
    />
  );
}

export interface SegmentValueDay {
  /** YYYY-MM-DD, the company's. */
  day: string;
  /** Of its members then, minor units. */
  value: number;
}

/** @param days at least two */
export function ValueChart({ name, days }: { name: string; days: readonly SegmentValueDay[] }) {
  const { count, day, dayShort, money, currency } = useFormats();
  const digits = minorDigits(currency);
  const spec = useMemo(() => ({
    labels: days.map((one) => day(one.day)), ticks: days.map((one) => dayShort(one.day)),
    series: [{ label: 'Value', values: days.map((one) => one.value), color: 'series-1' as const, look: 'line' as const }],
    stacked: false, exact: (value: number) => money(value), axis: (value: number) => money(value, 'compact'),
  }), [days, day, dayShort, money]);
  const first = days[0]?.value ?? 0, last = days.at(-1)?.value ?? 0, since = day(days[0]?.day ?? '');
  const title = first === last ? `Worth ${money(last)}, as on ${since}` : `Worth ${money(Math.abs(last - first))} ${last > first ? 'more' : 'less'} than on ${since}`;
  return (
    <ChartFrame
      title={title} note={`Value of its members, spent and expected, on ${count(days.length)} days`} summary={`${title}: from ${money(first)} to ${money(last)}.`}
      spec={spec} keyHeader="Day" csvHeader={['day', `value_${currency}`]} csvRows={days.map((one) => [one.day, one.value / 10 ** digits])} fileName={`${fileName(name)}-value`}
    />
  );
}

/** Nobody is half a customer: small segments have no ticks between. */
const wholeOnly = (format: (value: number) => string) => (value: number): string => (Number.isInteger(value) ? format(value) : '');

function fileName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 60) || 'segment';
}
