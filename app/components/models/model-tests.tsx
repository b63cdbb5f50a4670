/** Two versions side by side: the test that runs, those that were judged, and beginning one. */
import { useFetcher } from '@remix-run/react';
import type { ModelTestView } from '#operations/model-tests';
import { useFormats } from '../../format/use-formats.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { SelectField, TextField } from '../forms/field.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Figures } from './figures.tsx';

export function ModelTests({ tests, mayTest }: { tests: ModelTestView[]; mayTest: boolean }) {
  const running = tests.find((test) => test.state === 'running');
  return (
    <>
      {tests.length > 0 && <TestFigures tests={tests} />}
      {mayTest && (running ? <StopForm test={running} /> : <StartForm />)}
    </>
  );
}

function TestFigures({ tests }: { tests: ModelTestView[] }) {
  const { day, decimal, percent, count } = useFormats();
  const outcome = ({ state, result, a, b }: ModelTestView): string => {
    if (state === 'running') return 'running';
    if (state === 'stopped' || !result) return 'stopped';
    return result.winner === null ? 'no difference beyond chance' : `${result.winner === 'a' ? a : b} foretold better`;
  };
  return (
    <Figures
      title="Versions tested side by side" note="Customers are parted by chance, always the same way; each version is judged on its own by orders that came"
      header={['Test', 'From', 'To', 'A off by', 'B off by', 'Outcome']}
      rows={tests.map((test) => [`A ${test.a}, B ${test.b} for ${percent(test.share)}`, day(test.startedFor), day(test.endsFor), test.result ? percent(test.result.a.bias, 1) : '–', test.result ? percent(test.result.b.bias, 1) : '–', outcome(test)])}
      csvHeader={['a', 'b', 'share', 'from', 'to', 'state', 'a_customers', 'a_expected', 'a_actual', 'a_deviance', 'b_customers', 'b_expected', 'b_actual', 'b_deviance', 'difference', 'standard_error']}
      csvRows={tests.map(({ a, b, share, startedFor, endsFor, state, result }) => [a, b, share, startedFor, endsFor, state, result?.a.customers ?? '', result?.a.expectedOrders ?? '', result?.a.actualOrders ?? '', result?.a.deviance ?? '', result?.b.customers ?? '', result?.b.expectedOrders ?? '', result?.b.actualOrders ?? '', result?.b.deviance ?? '', result?.difference ?? '', result?.standardError ?? ''])}
      fileName="model-tests"
    >
      {tests[0]?.result && <p className="text-muted">Last: deviance {decimal(tests[0].result.a.deviance, 4)} on {count(tests[0].result.a.customers)} customers against {decimal(tests[0].result.b.deviance, 4)} on {count(tests[0].result.b.customers)}.</p>}
    </Figures>
  );
}

function StopForm({ test }: { test: ModelTestView }) {
  const fetcher = useFetcher<FormResult>();
  const { day, percent } = useFormats();
  return (
    <Card title={`A test runs until ${day(test.endsFor)}`} note={`${test.b} values ${percent(test.share)} of customers, ${test.a} the others`}>
      <fetcher.Form method="post" className="flex flex-wrap items-center gap-3">
        <input type="hidden" name="id" value={test.id} />
        <Button type="submit" name="intent" value="stop-test" aria-disabled={fetcher.state !== 'idle'}>Stop it without a verdict</Button>
        {fetcher.data?.message != null && <span role="status" className="text-13 text-muted">{fetcher.data.message}</span>}
      </fetcher.Form>
    </Card>
  );
}

function StartForm() {
  const fetcher = useFetcher<FormResult>();
  return (
    <Card title="Test another model beside the one that serves" note="Both stay as they are until the days have passed; then each is held against what came">
      <fetcher.Form method="post" className="flex max-w-md flex-col gap-4">
        <input type="hidden" name="intent" value="start-test" />
        <SelectField label="Challenger" name="challenger" defaultValue="pareto-nbd">
          <option value="pareto-nbd">Pareto/NBD</option>
          <option value="bg-nbd">BG/NBD</option>
          <option value="mbg-nbd">MBG/NBD</option>
        </SelectField>
        <TextField label="Customers it values, percent" name="percent" type="number" min={1} max={99} defaultValue={50} required />
        <TextField label="Days until both are judged" name="days" type="number" min={14} max={365} defaultValue={90} required />
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" aria-disabled={fetcher.state !== 'idle'}>Begin</Button>
          {fetcher.data?.message != null && <span role="status" className="text-13 text-muted">{fetcher.data.message}</span>}
        </div>
      </fetcher.Form>
    </Card>
  );
}
