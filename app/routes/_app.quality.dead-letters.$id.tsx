/** One record that could not be taken: payload beside the reason, mended, replayed or set aside. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData } from '@remix-run/react';
import { discardLetter, getDeadLetter, mendDeadLetter, reopenLetter } from '#operations/dead-letters';
import { isAllowed } from '#operations/permissions';
import { replayLetter } from '#operations/replay';
import { requireContext } from '../context.server.ts';
import type { SignedIn } from '../context.server.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import type { FormResult } from '../components/forms/form-result.ts';
import { refused, saved, textOf } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { LetterEditor, LetterVerdict } from '../components/quality/letter-editor.tsx';
import { LetterHistory, SetAside } from '../components/quality/letter-side.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'A refused record · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, async () => ({ letter: await getDeadLetter(ctx, args.params.id ?? ''), mayWrite: isAllowed(ctx.actor, 'dead_letters:write') }));
}

export async function action(args: ActionFunctionArgs): Promise<FormResult> {
  const { ctx } = await requireContext(args);
  try {
    return await act(ctx, args.params.id ?? '', await readForm(args, ['intent', 'payload', 'reason']));
  } catch (error) {
    return refused(error);
  }
}

async function act(ctx: SignedIn['ctx'], id: string, form: FormData): Promise<FormResult> {
  const payload = textOf(form, 'payload');
  switch (form.get('intent')) {
    case 'edit': return told((await mendDeadLetter(ctx, id, payload)).reading.readable);
    case 'edit-replay':
      await mendDeadLetter(ctx, id, payload);
      return await replay(ctx, id);
    case 'restore':
      await mendDeadLetter(ctx, id, null);
      return saved('It stands as it was received again.');
    case 'discard': {
      const reason = textOf(form, 'reason').trim();
      if (reason === '') return { ok: false, message: null, errors: { reason: 'Say why, in a few words' } };
      await discardLetter(ctx, id, reason);
      return saved('Set aside.');
    }
    case 'reopen':
      await reopenLetter(ctx, id);
      return saved('It waits again.');
    default: return await replay(ctx, id);
  }
}

async function replay(ctx: SignedIn['ctx'], id: string): Promise<FormResult> {
  return await replayLetter(ctx, id) ? saved('Taken: it counts in your figures now.') : { ok: false, message: 'It was refused again; what is wrong stands below.', errors: {} };
}

function told(readable: boolean): FormResult {
  return readable ? saved('Saved. It can be read now: replay it to count it.') : { ok: false, message: 'Saved, but it still cannot be read.', errors: {} };
}

export default function DeadLetterPage() {
  const { letter, mayWrite } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  return (
    <Page title="A refused record" back={{ to: '/quality/dead-letters', label: 'Refused records' }}>
      <FormMessage result={result} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-4 lg:order-2">
          <LetterVerdict letter={letter} />
          <LetterHistory letter={letter} />
          {mayWrite && <SetAside letter={letter} reasonError={result?.errors.reason} />}
        </div>
        <LetterEditor key={`${letter.editedPayload} ${letter.resolution}`} letter={letter} mayWrite={mayWrite} />
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
