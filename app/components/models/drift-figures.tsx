/** How far customers have moved from those that a model learned from, input by input. */
import { useFormats } from '../../format/use-formats.tsx';
import { Figures } from './figures.tsx';
import { driftWords, featureWords } from './model-words.ts';

/** What a model answers, under the names drift is kept by. */
const ANSWERS: readonly string[] = ['prediction', 'predicted_value'];

interface DriftFiguresProps {
  drift: { name: string; psi: number }[];
  /** Day of the customers that are compared. */
  asOf: string;
  /** Day of those compared with; null: the window that was learned from. */
  since: string | null;
  fileName: string;
}

export function DriftFigures({ drift, asOf, since, fileName }: DriftFiguresProps) {
  const { decimal, count, day } = useFormats();
  const moved = drift.filter(({ psi }) => psi >= 0.1).length;
  const answers = drift.find(({ name }) => ANSWERS.includes(name))?.psi ?? 0;
  return (
    <Figures
      title={answers < 0.1 ? 'Customers today are judged much as those it learned from' : `Answers have ${driftWords(answers)} since it was learned`}
      note={`Customers of ${day(asOf)} against ${since === null ? 'those it learned from' : `those of ${day(since)}`}: ${count(moved)} of ${count(drift.length)} facts moved; below 0.1 nothing to speak of, from 0.25 on much. Looked at each night. Age moves by itself`}
      header={['Fact', 'Stability index', '']} rows={drift.slice(0, 12).map((each) => [featureWords(each.name), decimal(each.psi, 3, 3), driftWords(each.psi)])}
      csvHeader={['feature', 'psi']} csvRows={drift.map((each) => [each.name, each.psi])} fileName={fileName}
    />
  );
}
