/** How the churn model did on customers it did not see, what it goes by, and how far its inputs have moved. */
import type { ModelCardView } from '#operations/model-cards';
import { useFormats } from '../../format/use-formats.tsx';
import { ChartFrame } from '../charts/chart-frame.tsx';
import { Figures } from './figures.tsx';
import { DriftFigures } from './drift-figures.tsx';
import { featureWords, modelName } from './model-words.ts';

type Evidence = NonNullable<Extract<ModelCardView, { kind: 'churn' }>['evidence']>;

export function ChurnEvidence({ evidence }: { evidence: Evidence }) {
  const { decimal, percent, count } = useFormats();
  const { test, tried, importance, drift, choice } = evidence;
  const auc = (value: number | null): string => (value === null ? '–' : decimal(value, 3, 3));
  const share = (value: number | null): string => (value === null ? '–' : percent(value));
  return (
    <>
      <div className="grid gap-4 lg:grid-cols-2">
        <ChartFrame
          title={`Of customers given ${percent(test.deciles.at(-1)?.predicted ?? 0)}, ${percent(test.deciles.at(-1)?.observed ?? 0)} left`}
          note={`${count(test.learned.rows)} customers that were not learned from, in tenths by their probability of leaving`}
          summary="Predicted and observed share of customers who left, by tenth."
          spec={{
            labels: test.deciles.map((_, k) => `Tenth ${k + 1}`), ticks: test.deciles.map((_, k) => String(k + 1)), stacked: false, exact: (value) => percent(value, 1), axis: (value) => percent(value),
            series: [{ label: 'Said', values: test.deciles.map((each) => each.predicted), color: 'series-2', look: 'bar' }, { label: 'Left', values: test.deciles.map((each) => each.observed), color: 'series-1', look: 'bar' }],
          }}
          keyHeader="Customers" csvHeader={['tenth', 'customers', 'predicted', 'observed']} csvRows={test.deciles.map((each, k) => [k + 1, each.rows, each.predicted, each.observed])} fileName="churn-calibration"
        />
        <Figures
          title="On customers it did not see" note="AUC: how often of two customers the one who left had the higher probability; 0.5 is a coin. Log-loss: lower is better"
          header={['', 'AUC', 'Log-loss', 'Found of those who left', 'Right when it says so']}
          rows={([['Learned', test.learned], ['Rhythm of purchases', test.rhythm]] as const).map(([name, each]) => [name, auc(each.auc), decimal(each.logloss, 4), share(each.recall), share(each.precision)])}
          csvHeader={['model', 'auc', 'logloss', 'brier', 'recall', 'precision', 'threshold']}
          csvRows={([['learned', test.learned], ['rhythm', test.rhythm]] as const).map(([name, each]) => [name, each.auc ?? '', each.logloss, each.brier, each.recall ?? '', each.precision ?? '', each.threshold])} fileName="churn-metrics"
        >
          {!choice && <p className="text-muted">Tried: {tried.map(({ model, logloss }) => `${model} ${decimal(logloss, 4)}`).join(', ')}.</p>}
          <p className="text-muted">From {percent(evidence.threshold)} on a customer counts as leaving.</p>
        </Figures>
      </div>
      {choice && <ChurnChoice choice={choice} />}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Figures
          title={`It goes by ${featureWords(importance[0]?.name ?? '').toLowerCase()} most`} note="What is lost when a fact is dealt out at random, and its share in what the model does"
          header={['Fact', 'Loss without it', 'Share']} rows={importance.slice(0, 12).map((each) => [featureWords(each.name), decimal(each.permutation, 4), percent(each.gain)])}
          csvHeader={['feature', 'permutation_logloss', 'gain_share']} csvRows={importance.map((each) => [each.name, each.permutation, each.gain])} fileName="churn-importance"
        />
        <DriftFigures drift={drift} asOf={evidence.driftAsOf ?? evidence.end} since={null} fileName="churn-drift" />
      </div>
    </>
  );
}

function ChurnChoice({ choice }: { choice: NonNullable<Evidence['choice']> }) {
  const { decimal, day, count } = useFormats();
  const latest = choice.origins[0];
  return (
    <Figures
      title={choice.why}
      note={`Asked on ${choice.origins.map((each) => `${day(each.origin)} (${count(each.customers)} customers)`).join(', ')}: who will not buy until ${latest ? day(latest.end) : 'the end'}, or as long after the earlier days. Nobody is judged by what was learned from her`}
      header={['Way', 'Log-loss', 'Against what served', 'Left to chance', 'Verdict']}
      rows={choice.trials.map(({ model, logloss }) => {
        const verdict = choice.verdicts.find((each) => each.challenger === model);
        return [`${modelName(model)}${model === choice.chosen ? ' (serves)' : ''}`, decimal(logloss, 4), verdict ? decimal(verdict.difference, 4) : '–', verdict ? `± ${decimal(2 * verdict.standardError, 4)}` : '–', verdict ? verdictWords(verdict.better) : 'stood'];
      })}
      csvHeader={['way', 'logloss', 'difference', 'standard_error', 'better']}
      csvRows={choice.trials.map(({ model, logloss }) => {
        const verdict = choice.verdicts.find((each) => each.challenger === model);
        return [model, logloss, verdict?.difference ?? '', verdict?.standardError ?? '', verdict ? String(verdict.better) : ''];
      })}
      fileName="churn-compared"
    />
  );
}

export function verdictWords(better: boolean): string {
  return better ? 'better beyond chance' : 'not better beyond chance';
}
