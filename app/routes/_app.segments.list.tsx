/** A segment of a list that somebody brings: addresses or ids, pasted or as a file. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/cloudflare';
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { isAllowed } from '#operations/permissions';
import { listSegmentSchema, MOST_LIST_CHARACTERS, uploadList } from '#operations/segment-lists';
import { requireContext } from '../context.server.ts';
import { FieldShell, TextField } from '../components/forms/field.tsx';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, refusedFields, textOf, type FormResult } from '../components/forms/form-result.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Button } from '../components/ui/button.tsx';
import { Card } from '../components/ui/card.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { readForm } from '../form.server.ts';

export const meta: MetaFunction = () => [{ title: 'Segment of a list · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return { mayWrite: isAllowed(ctx.actor, 'segments:write') && isAllowed(ctx.actor, 'customers:read') };
}

export async function action(args: ActionFunctionArgs): Promise<Response | FormResult> {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['name', 'description', 'list', 'file']);
  const file = form.get('file');
  try {
    if (file instanceof File && file.size > MOST_LIST_CHARACTERS) return { ok: false, message: null, errors: { list: `The file is larger than ${String(MOST_LIST_CHARACTERS / 1e6)} MB` } };
    const list = file instanceof File && file.size > 0 ? await file.text() : textOf(form, 'list');
    const input = listSegmentSchema.safeParse({ name: textOf(form, 'name'), description: textOf(form, 'description'), list });
    if (!input.success) return refusedFields(input.error);
    const { segment, names, unknown } = await uploadList(ctx, input.data);
    return redirect(`/segments/${segment.id}?listed=${String(names)}&unknown=${String(unknown.count)}`);
  } catch (error) {
    return refused(error);
  }
}

export default function ListSegmentPage() {
  const { mayWrite } = useLoaderData<typeof loader>();
  const result = useActionData<FormResult>();
  const busy = useNavigation().formMethod === 'POST';
  const errors = result?.errors ?? {};
  return (
    <Page title="Segment of a list" back={{ to: '/segments', label: 'All segments' }} lead="Bring addresses or ids from elsewhere: visitors of a fair, a panel, whoever got a letter. They stay in whatever they do, until you take them off; as one condition among others the list can be narrowed later.">
      {errors['list'] === undefined && <FormMessage result={result} />}
      {!mayWrite ? <Notice>Analysts and above keep segments.</Notice> : (
        <Card title="Who is on it">
          <Form method="post" encType="multipart/form-data" className="flex max-w-2xl flex-col gap-4">
            <TextField label="Name" name="name" required maxLength={100} error={errors['name']} />
            <TextField label="What it is for" name="description" maxLength={1000} error={errors['description']} />
            <FieldShell label="Addresses or ids" error={errors['list']} help="E-mail addresses, ids at your platform or our own ids, one a line. A pasted table works as well: the column of addresses is read, else that of customer ids.">
              {(ids) => <textarea {...ids} name="list" rows={8} className="w-full rounded-control border border-edge bg-surface px-3 py-2 font-mono text-13 text-ink aria-invalid:border-negative" />}
            </FieldShell>
            <FieldShell label="Or a file" help="CSV or plain text, up to 50,000 names. It is read instead of what stands above, and not kept.">
              {(ids) => <input {...ids} type="file" name="file" accept=".csv,.txt,text/csv,text/plain" className="text-14" />}
            </FieldShell>
            <div><Button type="submit" look="primary" aria-disabled={busy}>{busy ? 'Looking them up …' : 'Make the segment'}</Button></div>
          </Form>
        </Card>
      )}
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
