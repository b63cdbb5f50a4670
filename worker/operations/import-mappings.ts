/** Mappings of columns under a name: kept once a file was read right, offered when a file has the same headings. */
import { v7 } from 'uuid';
import { z } from 'zod';
import { headerKey } from '#core/commerce/csv/fields';
import { mappingInputSchema } from '#core/commerce/csv/mapping';
import type { MappingInput } from '#core/commerce/csv/mapping';
import { AppError } from '#core/errors';
import { deleteMappingRow, listMappingRows, renameMappingRow, upsertMapping, useMapping } from '#data/import-mappings';
import type { MappingRow } from '#data/import-mappings';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { requirePermission } from './permissions.ts';

export interface SavedMapping {
  id: string;
  name: string;
  /** What the headings of a file come to that it fits; see `headerKey`. */
  header: string;
  mapping: MappingInput;
  createdAt: string;
  usedAt: string | null;
}

export const mappingName = z.string().trim().min(1, 'Give it a name').max(100, 'At most 100 characters').refine((name) => !name.startsWith('{'), 'A name cannot begin with {');

function toView(row: MappingRow): SavedMapping {
  return { ...row, mapping: mappingInputSchema.parse(row.mapping) };
}

/** The last used first. */
export async function listMappings(ctx: TenantContext): Promise<SavedMapping[]> {
  requirePermission(ctx, 'imports:read');
  return (await listMappingRows(ctx.db)).map(toView);
}

/** Keeps how files with these headings are read; one of the same name is replaced. */
export async function saveMapping(ctx: TenantContext, input: { name: string; headings: readonly string[]; mapping: MappingInput }): Promise<SavedMapping> {
  requirePermission(ctx, 'imports:write');
  const { db } = audited(ctx, { action: 'mapping.saved', target: { kind: 'mapping', name: input.name } });
  const row = await upsertMapping(db, { id: v7(), name: input.name, header: headerKey(input.headings), mapping: input.mapping });
  if (row === null) throw new AppError('internal', 'The mapping was not kept');
  return toView(row);
}

/** @throws AppError `not_found`, or `conflict` when another has that name */
export async function renameMapping(ctx: TenantContext, id: string, name: string): Promise<SavedMapping> {
  requirePermission(ctx, 'imports:write');
  const row = await renameMappingRow(audited(ctx, { action: 'mapping.renamed', target: { kind: 'mapping', id, name } }).db, id, name);
  if (row === null) throw new AppError('not_found', 'There is no such mapping');
  if (row === 'taken') throw new AppError('conflict', `There is a mapping called "${name}" already`, { errors: [{ path: 'name', message: 'Choose another name' }] });
  return toView(row);
}

/** @throws AppError `not_found` */
export async function deleteMapping(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'imports:write');
  if (!(await deleteMappingRow(audited(ctx, { action: 'mapping.deleted', target: { kind: 'mapping', id } }).db, id))) throw new AppError('not_found', 'There is no such mapping');
}

/** The mapping of that name for an import. @throws AppError `invalid_input` naming those that there are */
export async function mappingByName(ctx: TenantContext, name: string): Promise<MappingInput> {
  requirePermission(ctx, 'imports:write');
  const row = await useMapping(ctx.db, name);
  if (row !== null) return toView(row).mapping;
  const names = (await listMappingRows(ctx.db)).map((one) => one.name).slice(0, 20);
  throw new AppError('invalid_input', `There is no mapping called "${name}"`, {
    errors: [{ path: 'mapping', message: names.length === 0 ? 'None is kept yet; send the mapping as JSON' : `Kept are ${names.join(', ')}` }],
  });
}
