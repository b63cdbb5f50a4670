/** How ways of foretelling spend did on earlier days and, where a learned one serves, how far to trust it and what it goes by. */
import type { ModelCardView } from '#operations/model-cards';
import { useFormats } from '../../format/use-formats.tsx';
import { ChartFrame } from '../charts/chart-frame.tsx';
import { verdictWords } from './churn-evidence.tsx';
import { DriftFigures } from './drift-figures.tsx';
import { Figures } from './figures.tsx';
import { featureWords, modelName } from './model-words.ts';

type Evidence = NonNullable<Extract<ModelCardView, { kind: 'spend' }>['evidence']>;

export function SpendEvidence({ evidence }: { evidence: Evidence }) {
  const { served, drift, driftAsOf } = evidence;
  return (
    <>
      {evidence.trials.length > 0 && <Trials evidence={evidence} />}
      {served && (
        <>
          <Served served={served} />
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <Importance importance={served.importance} />
            <DriftFigures drift={drift} asOf={driftAsOf ?? evidence.end} since={null} fileName="spend-drift" />
          </div>
        </>
      )}
    </>
  );
}

function Trials({ evidence }: { evidence: Evidence }) {
  const { money, percent, day } = useFormats();
  const earlier = evidence.origins.slice(1);
  const isChosen = (model: string): boolean => model === evidence.chosen;
  const verdictOf = (model: string): string => {
    const verdict = evidence.verdicts.find((each) => each.challenger === model);
    return verdict ? verdictWords(verdict.better) : 'stood';
  };
  return (
    <Figures
      title={evidence.why}
      note={`What customers spent from ${day(evidence.origin)} to ${day(evidence.end)}, foretold from what was known on the first of these days${earlier.length > 0 ? `; the verdict rests as well on windows of the same length from ${earlier.map(({ origin }) => day(origin)).join(' and ')}` : ''}`}
      header={['Model', 'Total off by', 'Error a customer', 'Root of squares', 'Spent by its best tenth', 'Verdict']}
      rows={evidence.trials.map((each) => [`${modelName(each.model)}${isChosen(each.model) ? ' (serves)' : ''}`, percent(each.bias, 1), money(Math.round(each.mae)), money(Math.round(each.rmse)), percent(each.topDecileShare), verdictOf(each.model)])}
      csvHeader={['model', 'customers', 'bias', 'mae_minor', 'rmse_minor', 'top_decile_share', 'difference', 'standard_error', 'better']}
      csvRows={evidence.trials.map((each) => {
        const verdict = evidence.verdicts.find(({ challenger }) => challenger === each.model);
        return [each.model, each.customers, each.bias, each.mae, each.rmse, each.topDecileShare, verdict?.difference ?? '', verdict?.standardError ?? '', verdict ? String(verdict.better) : ''];
      })}
      fileName="spend-compared"
    />
  );
}

type ServedSpend = NonNullable<Evidence['served']>;

function Served({ served: { test, total } }: { served: ServedSpend }) {
  const { money, percent, day, count, decimal } = useFormats();
  const best = test.deciles.at(-1);
  const named = `${money(Math.round(best?.expected ?? 0))} foretold, ${money(Math.round(best?.actual ?? 0))} spent`;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <ChartFrame
        title={`Of its best tenth: ${named}`}
        note={`${count(test.customers)} customers whom the choice did not look at, in tenths by what was foretold of them from ${day(test.origin)} to ${day(test.end)}`}
        summary="Mean spend foretold and mean spend that came, by tenth."
        spec={{
          labels: test.deciles.map((_, k) => `Tenth ${k + 1}`), ticks: test.deciles.map((_, k) => String(k + 1)), stacked: false, exact: (value) => money(Math.round(value)), axis: (value) => money(Math.round(value)),
          series: [{ label: 'Foretold', values: test.deciles.map((each) => each.expected), color: 'series-2', look: 'bar' }, { label: 'Spent', values: test.deciles.map((each) => each.actual), color: 'series-1', look: 'bar' }],
        }}
        keyHeader="Customers" csvHeader={['tenth', 'customers', 'expected_minor', 'actual_minor']} csvRows={test.deciles.map((each, k) => [k + 1, each.customers, each.expected, each.actual])} fileName="spend-deciles"
      />
      <Figures
        title={test.intervalCoverage === null ? 'How far to trust it' : `${percent(test.intervalCoverage)} of customers stayed within their range`}
        note={`${percent(test.intervalTarget)} are meant to${total && total.widenedBy > 1.005 ? `. The range of all customers together is ${decimal(total.widenedBy)} times as wide as chance alone would make it, so that each earlier day's total lies within` : ''}`}
        header={['All customers together, from', 'Foretold', 'Spent', 'Off by']}
        rows={[
          [`${day(test.origin)}, those kept apart`, money(Math.round(test.expectedSpend)), money(Math.round(test.actualSpend)), percent(test.bias, 1)],
          ...(total?.past ?? []).map((each) => [day(each.origin), money(Math.round(each.expected)), money(Math.round(each.actual)), percent(each.actual > 0 ? each.expected / each.actual - 1 : 0, 1)]),
        ]}
        csvHeader={['origin', 'end', 'expected_minor', 'actual_minor']} csvRows={[[`${test.origin} (kept apart)`, test.end, test.expectedSpend, test.actualSpend], ...(total?.past ?? []).map((each) => [each.origin, each.end, each.expected, each.actual])]} fileName="spend-totals"
      />
    </div>
  );
}

function Importance({ importance }: { importance: ServedSpend['importance'] }) {
  const { decimal, percent } = useFormats();
  return (
    <Figures
      title={`It goes by ${featureWords(importance[0]?.name ?? '').toLowerCase()} most`} note="What is lost when a fact is dealt out at random, and its share in what the model does"
      header={['Fact', 'Loss without it', 'Share']} rows={importance.slice(0, 12).map((each) => [featureWords(each.name), decimal(each.permutation, 4), percent(each.gain)])}
      csvHeader={['feature', 'permutation_deviance', 'gain_share']} csvRows={importance.map((each) => [each.name, each.permutation, each.gain])} fileName="spend-importance"
    />
  );
}
