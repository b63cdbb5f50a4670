/** A customer's segments: since when, why, and why not another one. */
import { Form, Link, useNavigation } from '@remix-run/react';
import type { Closeness } from '#core/clustering/closeness';
import type { Explanation } from '#core/segments/match';
import { useFormats } from '../../format/use-formats.tsx';
import { TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { causeWords, type ListedChange } from './change-list.tsx';
import { ExplanationTree, NeededChanges } from './explanation-tree.tsx';
import type { KnownSegment } from './language-context.tsx';
import { Nearness } from './nearness.tsx';

export interface Why {
  segment: KnownSegment;
  isMember: boolean;
  /** Null of somebody who is nobody any more. */
  explanation: Explanation | null;
  /** How near she stands to the centre of a group that was found; null for a rule. */
  nearest: Closeness[] | null;
  /** What happened last between them. */
  last: Pick<ListedChange, 'change' | 'at' | 'cause'> | null;
  /** YYYY-MM-DD: the past day that is spoken of; null: now. */
  on: string | null;
  /** Why another day that was asked for cannot be spoken of. */
  flaw: string | null;
  isAsOf: boolean;
  /** When the segment got other conditions after that day. */
  redefinedAt: string | null;
}

interface SegmentsCardProps {
  customerId: string;
  /** All of the company's. */
  segments: readonly (KnownSegment & { isMember: boolean; since: string | null })[];
  why: Why | null;
  /** Hers, by id, to name what turned a clause. */
  orders: ReadonlyMap<string, string>;
}

export function SegmentsCard({ customerId, segments, why, orders }: SegmentsCardProps) {
  const { date } = useFormats();
  const { location } = useNavigation();
  const asked = new URLSearchParams(location?.search).get('why');
  const memberships = segments.filter((one) => one.isMember);
  const others = segments.filter((one) => !one.isMember);
  const base = `/customers/${customerId}`;
  if (segments.length === 0) return null;
  return (
    <Card title="Segments">
      {memberships.length === 0 ? <p className="text-13 text-muted">In none of your segments.</p> : (
        <ul className="flex flex-col">
          {memberships.map((one) => (
            <li key={one.id} className="figures flex items-center justify-between gap-3 border-t border-line py-2 first:border-t-0 first:pt-0">
              <span className="min-w-0">
                <Link to={`/segments/${one.id}`} className="block truncate underline-offset-2 hover:underline">{one.name}</Link>
                <span className="block text-12 text-muted">{one.since === null ? '' : `since ${date(one.since)}`}</span>
              </span>
              <Link to={why?.segment.id === one.id ? base : `${base}?why=${one.id}`} preventScrollReset replace aria-expanded={why?.segment.id === one.id} aria-label={`Why she is in ${one.name}`} className="shrink-0 rounded-control px-2 py-1 text-13 text-muted underline-offset-2 hover:bg-sunken hover:text-ink">
                {asked === one.id ? 'Looking…' : why?.segment.id === one.id ? 'Close' : 'Why?'}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <Form method="get" preventScrollReset replace className="mt-3 flex items-end gap-2 border-t border-line pt-3">
          <label className="flex min-w-0 grow flex-col gap-1 text-13 text-muted">
            Why not in
            <select name="why" defaultValue={why !== null && !why.isMember ? why.segment.id : others[0]?.id} className="h-9 w-full rounded-control border border-edge bg-surface px-2 text-14 text-ink">
              {others.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
            </select>
          </label>
          <Button type="submit">Why not?</Button>
        </Form>
      )}
      {why !== null && <WhyPart why={why} segments={segments} orders={orders} />}
    </Card>
  );
}

/** How far the clauses speak of that day. */
function pastWords({ isAsOf, redefinedAt }: Why, time: (at: string) => string): string {
  if (redefinedAt !== null) return `Who was in is as it was recorded; the segment got other conditions on ${time(redefinedAt)}, and what stands below are those of today.`;
  return isAsOf ? 'The conditions are as of that day.' : 'Who was in is as it was recorded; some of what the conditions look at is not kept of every day, and is today’s.';
}

function WhyPart({ why, segments, orders }: { why: Why; segments: readonly KnownSegment[]; orders: SegmentsCardProps['orders'] }) {
  const { time, day } = useFormats();
  const segmentName = (id: string) => segments.find((one) => one.id === id)?.name ?? null;
  const isPast = why.on !== null;
  const title = isPast ? `${why.isMember ? 'Why she was in' : 'Why she was not in'} ${why.segment.name}` : `${why.isMember ? 'Why she is in' : 'Why she is not in'} ${why.segment.name}`;
  return (
    <section aria-label={title} className="mt-4 border-t border-line pt-3">
      <h3 className="text-14 font-strong text-balance wrap-anywhere">{title}</h3>
      {why.on !== null && <p className="figures text-13 text-muted">At the end of {day(why.on)}. {pastWords(why, time)}</p>}
      {why.explanation === null
        ? <p className="mt-1 text-13 text-muted">She was merged into another customer or removed: nothing is asked of her any more.</p>
        : <><div className="mt-1"><ExplanationTree explanation={why.explanation} segmentName={segmentName} orders={orders} on={why.on} /></div>{!isPast && (why.nearest === null || !why.explanation.holds) && <NeededChanges explanation={why.explanation} segmentName={segmentName} />}</>}
      {!isPast && why.nearest !== null && <Nearness levels={why.nearest} />}
      <p className="figures mt-3 text-13 text-muted">{why.last === null ? isPast ? 'Until then she had not been in it.' : 'She has not been in it so far.' : `${why.last.change === 'entered' ? 'Entered' : 'Left'} on ${time(why.last.at)}: ${causeWords(why.last.cause)}.`}</p>
      <Form method="get" preventScrollReset replace className="mt-3 flex flex-wrap items-end gap-2">
        <input type="hidden" name="why" value={why.segment.id} />
        <TextField key={why.on ?? ''} label="On a past day" type="date" name="on" defaultValue={why.on ?? ''} error={why.flaw ?? undefined} className="w-40" />
        <Button type="submit" className="h-10">Show that day</Button>
        {isPast && <Link to={`?why=${why.segment.id}`} replace preventScrollReset className="inline-flex h-10 items-center rounded-control px-2 text-13 text-muted underline-offset-2 hover:bg-sunken hover:text-ink hover:underline">Back to today</Link>}
      </Form>
    </section>
  );
}
