/** Models: which ones serve, how far to trust them, and what people can do about it. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useLoaderData } from '@remix-run/react';
import { z } from 'zod';
import { getModels } from '#operations/model-cards';
import type { ModelsView } from '#operations/model-cards';
import { listModelTests, startModelTest, stopModelTest } from '#operations/model-tests';
import { changeSharing, pinModel, refitModel } from '#operations/models';
import { isAllowed } from '#operations/permissions';
import { requireContext } from '../context.server.ts';
import { refused, refusedFields, saved } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { PinForm, RefitButton, SharingForm } from '../components/models/model-actions.tsx';
import { ModelCardBody } from '../components/models/model-card-body.tsx';
import { modelName } from '../components/models/model-words.ts';
import { ModelTests } from '../components/models/model-tests.tsx';
import { Card } from '../components/ui/card.tsx';
import { EmptyState } from '../components/ui/empty-state.tsx';
import { readForm } from '../form.server.ts';
import { useFormats } from '../format/use-formats.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Models · Perennial' }];

const form = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('refit') }),
  z.object({ intent: z.literal('pin'), model: z.string() }),
  z.object({ intent: z.literal('pin-churn'), model: z.string() }),
  z.object({ intent: z.literal('pin-spend'), model: z.string() }),
  z.object({ intent: z.literal('start-test'), challenger: z.string(), percent: z.coerce.number(), days: z.coerce.number() }),
  z.object({ intent: z.literal('stop-test'), id: z.string() }),
  z.object({ intent: z.literal('sharing'), share: z.literal('on').optional() }),
]);

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const [view, tests] = await answer(args, () => Promise.all([getModels(ctx), listModelTests(ctx)]));
  return { view, tests, mayRefit: isAllowed(ctx.actor, 'models:refit'), mayShare: isAllowed(ctx.actor, 'company:write') };
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const parsed = form.safeParse(Object.fromEntries(await readForm(args, ['intent', 'model', 'share', 'challenger', 'percent', 'days', 'id'])));
  if (!parsed.success) return refusedFields(parsed.error);
  const { data } = parsed;
  try {
    switch (data.intent) {
      case 'refit':
        await refitModel(ctx, { cause: 'asked' });
        return saved('Learned anew.');
      case 'pin': {
        const { model } = await pinModel(ctx, { model: data.model === '' ? null : data.model });
        return saved(`${model} serves.`);
      }
      case 'pin-churn': {
        const { pinnedChurn } = await pinModel(ctx, { model: data.model === '' ? null : data.model, of: 'churn' });
        return saved(pinnedChurn === null ? 'The evidence chooses.' : `${pinnedChurn} is kept.`);
      }
      case 'pin-spend': {
        const { pinnedSpend } = await pinModel(ctx, { model: data.model === '' ? null : data.model, of: 'spend' });
        return saved(pinnedSpend === null ? 'The evidence chooses.' : `${modelName(pinnedSpend)} is kept.`);
      }
      case 'start-test':
        await startModelTest(ctx, { challenger: data.challenger, share: data.percent / 100, days: data.days });
        return saved('Begun.');
      case 'stop-test':
        await stopModelTest(ctx, data.id);
        return saved('Stopped.');
      case 'sharing':
        await changeSharing(ctx, { share: data.share === 'on' });
        return saved(data.share === 'on' ? 'Saved. You take part.' : 'Saved. You do not take part.');
    }
  } catch (error) {
    return refused(error);
  }
}

export default function ModelsPage() {
  const { view, tests, mayRefit, mayShare } = useLoaderData<typeof loader>();
  return (
    <Page back={{ to: '/settings', label: 'Settings' }} title="Models" lead="What is likely comes from models of your own orders. Here is which of them serve, how they did on days they had not seen, and how far to trust them." actions={mayRefit ? <RefitButton /> : undefined}>
      {view.value ? <ModelCardBody card={view.value} /> : <Card><EmptyState title="No model yet" action={null}>One is learned as soon as the first orders are in. Until then values assume an ordinary shop.</EmptyState></Card>}
      {view.churn && <ModelCardBody card={view.churn} />}
      {view.spend && <ModelCardBody card={view.spend} />}
      <ModelTests tests={tests} mayTest={mayRefit && view.value !== null} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {mayRefit && <><PinForm of="value" status={view.status} /><PinForm of="churn" status={view.status} /><PinForm of="spend" status={view.status} /></>}
        {mayShare && <SharingForm key={String(view.sharing)} sharing={view.sharing} />}
      </div>
      {view.runs.length > 0 && <Runs runs={view.runs} />}
    </Page>
  );
}

function Runs({ runs }: { runs: ModelsView['runs'] }) {
  const { time } = useFormats();
  const what = { value: 'Values', churn: 'Who leaves', spend: 'Spend' } as const;
  return (
    <Card flush title="What was learned so far">
      <ul className="border-t border-line text-13">
        {runs.map((run) => (
          <li key={run.id} className="border-b border-line last:border-b-0">
            <Link to={`/models/${run.id}`} className="flex min-h-10 flex-wrap items-center justify-between gap-x-4 px-5 py-1.5">
              <span className="figures">{time(run.createdAt)}</span>
              <span>{`${what[run.kind]}: ${modelName(run.model)}`}</span>
              <span className="text-muted">{run.serving ? 'serves now' : run.failed ? 'did not succeed' : run.kind === 'spend' ? 'judged' : 'replaced'}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
