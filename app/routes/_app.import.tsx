/** Import: a file of past orders becomes customers with values. */
import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/cloudflare';
import { useActionData, useLoaderData, useRevalidator } from '@remix-run/react';
import { z } from 'zod';
import { mappingInputSchema } from '#core/commerce/csv/mapping';
import { AppError } from '#core/errors';
import { deleteMapping, listMappings, mappingName, renameMapping, saveMapping } from '#operations/import-mappings';
import { undoImport } from '#operations/import-undo';
import { cancelImport, importAnyway, listImports } from '#operations/imports';
import { isAllowed } from '#operations/permissions';
import { requireContext } from '../context.server.ts';
import { FormMessage } from '../components/forms/form-message.tsx';
import { refused, refusedFields, type FormResult } from '../components/forms/form-result.ts';
import { ImportForm } from '../components/imports/import-form.tsx';
import { MappingList } from '../components/imports/mapping-list.tsx';
import { ImportList } from '../components/imports/import-list.tsx';
import { useLiveImports } from '../components/imports/use-live-imports.ts';
import { ErrorPage } from '../components/layout/error-page.tsx';
import { Page } from '../components/layout/page.tsx';
import { Notice } from '../components/ui/notice.tsx';
import { readForm } from '../form.server.ts';
import { answer } from '../page-error.server.ts';

/** Text that holds JSON. */
const json = z.string().transform((text, ctx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    ctx.addIssue({ code: 'custom', message: 'Not JSON' });
    return z.NEVER;
  }
});

export const meta: MetaFunction = () => [{ title: 'Import · Perennial' }];

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const [imports, mappings] = await answer(args, () => Promise.all([listImports(ctx), listMappings(ctx)]));
  return { imports, mappings, may: { write: isAllowed(ctx.actor, 'imports:write'), undo: isAllowed(ctx.actor, 'imports:undo') } };
}

const keep = z.object({ name: mappingName, headings: json.pipe(z.array(z.string())), mapping: json.pipe(mappingInputSchema) });
const rename = z.object({ id: z.string(), name: mappingName });

/** What came of it is seen in the lists; only what was refused needs words. */
export async function action(args: ActionFunctionArgs): Promise<FormResult> {
  const { ctx } = await requireContext(args);
  const form = Object.fromEntries(await readForm(args, ['intent', 'id', 'name', 'headings', 'mapping']));
  const id = typeof form['id'] === 'string' ? form['id'] : '';
  try {
    switch (form['intent']) {
      case 'cancel': await cancelImport(ctx, id); break;
      case 'anyway': await importAnyway(ctx, id); break;
      case 'undo': await undoImport(ctx, id); break;
      case 'delete-mapping': await deleteMapping(ctx, id); break;
      case 'keep-mapping': {
        const input = keep.safeParse(form);
        if (!input.success) return refusedFields(input.error);
        await saveMapping(ctx, input.data);
        break;
      }
      case 'rename-mapping': {
        const input = rename.safeParse(form);
        if (!input.success) return refusedFields(input.error);
        await renameMapping(ctx, input.data.id, input.data.name);
        break;
      }
      default: throw new AppError('invalid_input', 'The page is older than the product; load it again');
    }
    return { ok: true, message: null, errors: {} };
  } catch (error) {
    return refused(error);
  }
}

export default function ImportPage() {
  const { imports, mappings, may } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const { revalidate } = useRevalidator();
  return (
    <Page title="Import" lead="Bring past orders as a file. Every customer's value is computed while it is read.">
      <FormMessage result={result} />
      {may.write ? <ImportForm mappings={mappings} onUploaded={revalidate} /> : <Notice>Your role sees imports and does not start them. Ask an analyst, a manager or an admin of your company.</Notice>}
      <ImportList imports={useLiveImports(imports)} may={may} />
      {may.write && <MappingList mappings={mappings} />}
    </Page>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}
