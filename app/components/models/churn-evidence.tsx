/** How the churn model did on customers it did not see, what it goes by, and how far its inputs have moved; and the challenge of spend. */
import type { ModelCardView } from '#operations/model-cards';
import { useFormats } from '../../format/use-formats.tsx';
import { ChartFrame } from '../charts/chart-frame.tsx';
import { Figures } from './figures.tsx';
import { driftWords, featureWords } from './model-words.ts';

type Evidence = NonNullable<Extract<ModelCardView, { kind: 'churn' }>['evidence']>;

export function ChurnEvidence({ evidence }: { evidence: Evidence }) {
  const { decimal, percent, count } = useFormats();
  const { test, tried, importance, drift } = evidence;
  const auc = (value: number | null): string => (value === null ? '–' : decimal(value, 3, 3));
  const share = (value: number | null): string => (value === null ? '–' : percent(value));
  const moved = drift.filter(({ psi }) => psi >= 0.1).length;
  const answers = drift.find(({ name }) => name === 'prediction')?.psi ?? 0;
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
          <p className="text-muted">Tried: {tried.map(({ model, logloss }) => `${model} ${decimal(logloss, 4)}`).join(', ')}. Served from {percent(evidence.threshold)} on as leaving.</p>
        </Figures>
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Figures
          title={`It goes by ${featureWords(importance[0]?.name ?? '').toLowerCase()} most`} note="What is lost when a fact is dealt out at random, and its share in what the model does"
          header={['Fact', 'Loss without it', 'Share']} rows={importance.slice(0, 12).map((each) => [featureWords(each.name), decimal(each.permutation, 4), percent(each.gain)])}
          csvHeader={['feature', 'permutation_logloss', 'gain_share']} csvRows={importance.map((each) => [each.name, each.permutation, each.gain])} fileName="churn-importance"
        />
        <Figures
          title={answers < 0.1 ? 'Customers today are judged much as those it learned from' : `Answers have ${driftWords(answers)} since it was learned`}
          note={`${count(moved)} of ${count(drift.length)} facts moved since then; below 0.1 nothing to speak of, from 0.25 on much. Age moves by itself`}
          header={['Fact', 'Stability index', '']} rows={drift.slice(0, 12).map((each) => [featureWords(each.name), decimal(each.psi, 3, 3), driftWords(each.psi)])}
          csvHeader={['feature', 'psi']} csvRows={drift.map((each) => [each.name, each.psi])} fileName="churn-drift"
        />
      </div>
    </>
  );
}

export function SpendChallenge({ evidence }: { evidence: NonNullable<Extract<ModelCardView, { kind: 'spend' }>['evidence']> }) {
  const { money, percent, day } = useFormats();
  return (
    <Figures
      title={evidence.why} note={`What customers not learned from spent from ${day(evidence.origin)} to ${day(evidence.end)}`}
      header={['Model', 'Total off by', 'Error a customer', 'Root of squares', 'Spent by its best tenth']}
      rows={evidence.trials.map((each) => [each.model, percent(each.bias, 1), money(Math.round(each.mae)), money(Math.round(each.rmse)), percent(each.topDecileShare)])}
      csvHeader={['model', 'customers', 'bias', 'mae_minor', 'rmse_minor', 'top_decile_share']} csvRows={evidence.trials.map((each) => [each.model, each.customers, each.bias, each.mae, each.rmse, each.topDecileShare])} fileName="spend-challenge"
    />
  );
}
