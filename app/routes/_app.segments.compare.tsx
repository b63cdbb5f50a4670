/** What several segments share, and two of them side by side. */
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useLoaderData } from '@remix-run/react';
import { AppError } from '#core/errors';
import { printFilter } from '#core/segments/text';
import { isAllowed } from '#operations/permissions';
import { compareSegments, LEAST_COMPARED, MOST_COMPARED } from '#operations/segment-overlap';
import type { SegmentOverlap } from '#operations/segment-overlap';
import { listSegments } from '#operations/segments';
import { requireContext } from '../context.server.ts';
import { useRevalidateOnChange } from '../components/dashboard/use-live-dashboard.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { ComparePicker } from '../components/segments/compare-picker.tsx';
import { OverlapTable } from '../components/segments/overlap-table.tsx';
import { overlapTitle, wayWords } from '../components/segments/overlap-words.ts';
import { PairCard } from '../components/segments/pair-card.tsx';
import { MOST_COLUMNS, UpsetChart } from '../components/segments/upset-chart.tsx';
import { ButtonLink } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { useFormats } from '../format/use-formats.tsx';
import { customersWords } from '../format/words.ts';
import { answer } from '../page-error.server.ts';
import { namesOf } from '../segments.server.ts';

export const meta: MetaFunction = () => [{ title: 'Compare segments · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const chosen = new URL(args.request.url).searchParams.getAll('with');
  return answer(args, async () => {
    const all = await listSegments(ctx);
    const { found, problem } = await compared();
    const names = namesOf(all);
    return {
      segments: all.map(({ id, name, members }) => ({ id, name, members })), limits: { least: LEAST_COMPARED, most: MOST_COMPARED }, mayWrite: isAllowed(ctx.actor, 'segments:write'), problem,
      chosen: found?.segments.map(({ id }) => id) ?? chosen,
      overlap: found === null ? null : { ...found, intersections: found.intersections.map(({ filter, ...way }) => ({ ...way, keepTo: `/segments/new?${new URLSearchParams({ text: printFilter(filter, names) }).toString()}` })) },
    };
  });

  /** Too many or too few are said beside the choice. */
  async function compared(): Promise<{ found: SegmentOverlap | null; problem: string | null }> {
    try {
      return { found: await compareSegments(ctx, chosen.length === 0 ? null : chosen), problem: null };
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'invalid_input' && error.code !== 'not_found')) throw error;
      return { found: null, problem: error.publicMessage };
    }
  }
}

export default function CompareSegmentsPage() {
  const { segments, limits, mayWrite, problem, chosen, overlap } = useLoaderData<typeof loader>();
  useRevalidateOnChange();
  const isEnough = segments.length >= limits.least;
  return (
    <Page title="Compare segments" lead="Who is in which of them, each customer counted once; two of them also side by side." back={{ to: '/segments', label: 'All segments' }}>
      {problem !== null && <Notice role="alert" tone="warning">{problem}.</Notice>}
      {isEnough && <ComparePicker key={chosen.join(' ')} segments={segments} chosen={chosen} {...limits} isOpen={problem !== null} />}
      {!isEnough && (
        <Card>
          <EmptyState title="Two segments are needed" action={mayWrite ? <ButtonLink to="/segments/new" look="primary">New segment</ButtonLink> : undefined}>
            Keep another group of customers, and what they share stands here.
          </EmptyState>
        </Card>
      )}
      {isEnough && overlap !== null && <Overlap {...overlap} />}
    </Page>
  );
}

type OverlapProps = NonNullable<Awaited<ReturnType<typeof loader>>['overlap']>;

function Overlap({ segments, customers, value, intersections, pair }: OverlapProps) {
  const formats = useFormats();
  const { count } = formats;
  const title = overlapTitle(intersections, customers, formats);
  const [first, second] = segments;
  const [largest] = intersections;
  const unsettled = segments.filter((one) => !one.isEvaluated).map(({ name }) => name), paused = segments.filter((one) => one.status === 'paused').map(({ name }) => name);
  const beyond = intersections.length - MOST_COLUMNS;
  return (
    <>
      {unsettled.length > 0 && <Notice role="status">Members are still being found: {unsettled.join(', ')}.</Notice>}
      {paused.length > 0 && <Notice>Paused, with the members that were in it then: {paused.join(', ')}.</Notice>}
      <Card flush title={title} note={`${count(segments.length)} segments, ${customersWords(customers, count)} in any of them. Shares are of these.${beyond > 0 ? ` The picture shows the largest ${MOST_COLUMNS}; ${count(beyond)} more stand below it.` : ''}`}>
        {largest !== undefined && (
          <>
            <div className="px-5 pb-5 max-sm:hidden"><UpsetChart segments={segments} ways={intersections} summary={`${title}. Most are in: ${wayWords(largest, segments)}, ${customersWords(largest.customers, count)}. The table below has all of them.`} /></div>
            <OverlapTable segments={segments} ways={intersections} customers={customers} value={value} />
          </>
        )}
      </Card>
      {pair !== null && first !== undefined && second !== undefined && <PairCard sides={[first, second]} pair={pair} value={value} />}
    </>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
