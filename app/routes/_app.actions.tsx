/** The company's day: what to do, for how many people, what it may bring, and what it brought. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { ACTION_IDS, assumptionsChange } from '#core/actions/assumptions';
import { changeAssumptions, getHoldout, startHoldout, stopHoldout } from '#operations/action-holdout';
import { getActions, listActionCustomers } from '#operations/actions';
import { getSegment } from '#operations/segments';
import { requireContext } from '../context.server.ts';
import { ActionBars } from '../components/actions/action-bars.tsx';
import { ActionCustomers } from '../components/actions/action-customers.tsx';
import { AssumptionsForm } from '../components/actions/assumptions-form.tsx';
import { HoldoutCard } from '../components/actions/holdout-card.tsx';
import { LiftCard } from '../components/actions/lift-card.tsx';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, refusedFields, saved, textOf, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Actions · Perennial' }];

const SHOWN = 15;

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const asked = new URL(args.request.url).searchParams;
  const [segmentId, action, cursor] = ['segment', 'action', 'cursor'].map((name) => asked.get(name) ?? undefined);
  return answer(args, async () => {
    const [actions, list, holdout, segment] = await Promise.all([
      getActions(ctx, { segment: segmentId }), listActionCustomers(ctx, { action, segment: segmentId, cursor, limit: SHOWN }), getHoldout(ctx),
      segmentId === undefined || segmentId === '' ? null : getSegment(ctx, segmentId),
    ]);
    return { actions, list, holdout, segment: segment === null ? null : { id: segment.id, name: segment.name } };
  });
}

export async function action(args: ActionFunctionArgs): Promise<FormResult> {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['intent', 'share', 'incentive', 'email', 'sms', ...ACTION_IDS]);
  try {
    switch (textOf(form, 'intent')) {
      case 'start-holdout':
        await startHoldout(ctx, { share: numberOf(form, 'share') / 100 });
        return saved('Begun: customers are held out, and measured from tomorrow on.');
      case 'stop-holdout':
        await stopHoldout(ctx);
        return saved('Stopped. Everybody has actions again, and what was measured is kept.');
      case 'assume': {
        const change = assumptionsChange.safeParse({
          responses: Object.fromEntries(ACTION_IDS.flatMap((id) => (form.has(id) ? [[id, numberOf(form, id)]] : []))),
          ...(form.has('incentive') && { incentive: numberOf(form, 'incentive') / 100 }),
          cost: Object.fromEntries(['email', 'sms'].flatMap((name) => (form.has(name) ? [[name, numberOf(form, name)]] : []))),
        });
        if (!change.success) return { ...refusedFields(change.error), message: 'Not saved: look at the fields below.' };
        await changeAssumptions(ctx, change.data);
        return saved('Saved. Gains are reckoned with it from now on.');
      }
      default:
        return { ok: false, message: 'This page has no such form: load it again.', errors: {} };
    }
  } catch (error) {
    return refused(error);
  }
}

/** "0,5" is 0.5; what is no number is refused as one. */
function numberOf(form: FormData, name: string): number {
  const text = textOf(form, name).trim().replace(',', '.');
  return text === '' ? Number.NaN : Number(text);
}

export default function ActionsPage() {
  const { actions, list, holdout, segment } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const saving = useNavigation().state !== 'idle';
  const lift = holdout.running?.lift ?? null, before = holdout.ended.find((one) => one.lift !== null)?.lift ?? null;
  return (
    <Page
      title="Actions" lead="What to do about your customers today, never beyond what they agreed to. Gains are what happens on average, not what will happen."
      {...(segment !== null && { back: { to: `/segments/${segment.id}`, label: segment.name } })}
    >
      <FormMessage result={result} />
      {segment !== null && <p className="text-14">Only members of <Link className="underline underline-offset-2" to={`/segments/${segment.id}`}>{segment.name}</Link>. <Link className="underline underline-offset-2" to="/actions">All customers</Link></p>}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <ActionBars actions={actions} title="Today" segment={segment?.id} chosen={list.action} />
        <ActionCustomers list={list} segment={segment} />
      </div>
      <HoldoutCard key={holdout.running?.id ?? 'off'} holdout={holdout} result={result} saving={saving} />
      {lift !== null ? <LiftCard lift={lift} isRunning /> : before !== null && <LiftCard lift={before} isRunning={false} />}
      <AssumptionsForm key={JSON.stringify(holdout.assumptions)} assumptions={holdout.assumptions} mayManage={holdout.mayManage} result={result} saving={saving} />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
