/** Import: a file of past orders becomes customers with values. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useRevalidator } from '@remix-run/react';
import { cancelImport, importAnyway, listImports } from '#operations/imports';
import { requireContext } from '../context.server.ts';
import { refused, saved } from '../components/forms/form-result.ts';
import { ImportForm } from '../components/imports/import-form.tsx';
import { ImportList } from '../components/imports/import-list.tsx';
import { useLiveImports } from '../components/imports/use-live-imports.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { answer } from '../page-error.server.ts';

export const meta: MetaFunction = () => [{ title: 'Import · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return { imports: await answer(args, () => listImports(ctx)) };
}

export async function action(args: ActionFunctionArgs) {
  const { ctx } = await requireContext(args);
  const form = await args.request.formData();
  const given = form.get('id');
  const id = typeof given === 'string' ? given : '';
  try {
    if (form.get('intent') === 'anyway') {
      const { name } = await importAnyway(ctx, id);
      return saved(`The skipped lines of ${name} are being imported as sales of their own.`);
    }
    const { name } = await cancelImport(ctx, id);
    return saved(`${name} was stopped. What it had read so far stays.`);
  } catch (error) {
    return refused(error);
  }
}

export default function ImportPage() {
  const { imports } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const { revalidate } = useRevalidator();
  return (
    <Page title="Import" lead="Bring past orders as a file. Every customer's value is computed while it is read.">
      {result?.message != null && <Notice tone={result.ok ? 'good' : 'bad'} role="status">{result.message}</Notice>}
      <ImportForm onUploaded={revalidate} />
      <ImportList imports={useLiveImports(imports)} />
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
