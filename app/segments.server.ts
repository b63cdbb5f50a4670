/** What the pages that make and change segments load, and how they read their form. */
import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { AppError } from '#core/errors';
import { tagsOfText } from '#core/segments/filing';
import { filter as filterSchema, type Filter } from '#core/segments/filter';
import { parseFilter, printFilter } from '#core/segments/text';
import { previewSegment, segmentChoices, type SegmentPreview } from '#operations/segment-preview';
import { segmentNames } from '#operations/segment-text';
import { listSegments } from '#operations/segments';
import type { SegmentView } from '#operations/segment-views';
import type { TenantContext } from '#worker/ports';
import { textOf } from './components/forms/form-result.ts';
import type { FilingText, KnownFiling } from './components/segments/filing.tsx';
import type { DataChoices, KnownSegment } from './components/segments/language-context.tsx';
import type { SegmentAbout } from './components/segments/segment-fields.tsx';
import { readForm } from './form.server.ts';

export interface BuilderData {
  choices: DataChoices;
  segments: KnownSegment[];
  known: KnownFiling;
  preview: SegmentPreview | null;
  /** What the editor opens with: an empty group for nothing. */
  filter: unknown;
  /** In the text form; empty for none. */
  text: string;
  /** What is wrong with a text that came in the address. */
  flaw: string | null;
}

/**
 * @param kept the filter to begin with
 * @param asked the page's address: a draft without scripts comes in its `text`
 * @param self the segment that is edited: it cannot ask for itself, but for the list that was brought as it
 */
export async function loadBuilder(ctx: TenantContext, kept: Filter | null, asked: URL, self?: string): Promise<BuilderData> {
  const [choices, all, names] = await Promise.all([segmentChoices(ctx), listSegments(ctx), segmentNames(ctx)]);
  const segments = knownSegments(all, names, self);
  const typed = asked.searchParams.get('text');
  const parsed = typed === null ? null : parseFilter(typed, namesOf(segments));
  const filter = parsed === null ? kept : parsed.ok ? parsed.filter : null;
  const preview = filter === null ? null : await previewOf(ctx, filter);
  return {
    choices, segments, known: knownFiling(all), preview, filter: filter ?? { all: [] }, text: typed ?? (filter === null ? '' : printFilter(filter, namesOf(segments))),
    flaw: parsed?.ok === false ? flawWords(parsed) : null,
  };
}

/** Folders and tags that any of these have. */
export function knownFiling(segments: readonly SegmentView[]): KnownFiling {
  const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort();
  return { folders: distinct(segments.flatMap((one) => one.folder ?? [])), tags: distinct(segments.flatMap((one) => one.tags)) };
}

/** What is written of a segment beside its conditions: as it is kept, or as a draft in the address says. */
export function aboutOf(kept: { name: string; description: string; folder: string | null; tags: readonly string[] }, { searchParams: draft }: URL): SegmentAbout {
  return {
    name: draft.get('name') ?? kept.name, description: draft.get('description') ?? kept.description,
    folder: draft.get('folder') ?? kept.folder ?? '', tags: draft.get('tags') ?? kept.tags.join(', '),
  };
}

/** Null of what cannot be counted, such as a segment that is gone: the page says why when it asks again. */
async function previewOf(ctx: TenantContext, filter: Filter): Promise<SegmentPreview | null> {
  try {
    return await previewSegment(ctx, { filter });
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_input') return null;
    throw error;
  }
}

/** A list may be asked for by the segment it was brought for, and when that one is archived. */
function knownSegments(all: readonly SegmentView[], names: ReadonlyMap<string, string>, self: string | undefined): KnownSegment[] {
  const byId = new Map(all.map((one) => [one.id, one]));
  return [...names].map(([id, name]): KnownSegment => {
    const isList = byId.get(id)?.origin === 'list' || !byId.has(id);
    return { id, name, offers: id === self || !byId.has(id) ? (isList ? 'list' : 'name') : isList ? 'both' : 'segment' };
  });
}

/** A folder and tags as they were written, not yet checked. */
export const filingOf = ({ folder, tags }: FilingText): { folder: string | null; tags: string[] } => ({ folder: folder.trim() === '' ? null : folder, tags: tagsOfText(tags) });

/** Where a draft that was sent to be counted is shown with its count. */
export function draftAddress(asked: URL, { about, text }: SentSegment): string {
  const parameters = new URLSearchParams(asked.searchParams);
  for (const [key, value] of Object.entries({ ...about, text })) parameters.set(key, value);
  parameters.delete('_routes');
  return `${asked.pathname.replace(/\.data$/, '')}?${parameters.toString()}`;
}

const flawWords = ({ line, column, message }: { line: number; column: number; message: string }): string => `Line ${line}, column ${column}: ${message}`;

export const namesOf = (segments: readonly KnownSegment[]): Map<string, string> => new Map(segments.map((one) => [one.id, one.name]));

export interface SentSegment {
  intent: string;
  /** As sent, for a form that is shown again. */
  about: SegmentAbout;
  /** The same for an operation to check; without folder and tags where the form had none. */
  fields: { name: string; description: string; folder?: string | null; tags?: string[] };
  /** As sent, for a form that is shown again. */
  text: string;
  filter: { ok: true; filter: Filter } | { ok: false; errors: Record<string, string> };
}

/** From the tree where the page's scripts ran, else from the text. */
export async function readSegmentForm(args: ActionFunctionArgs, ctx: TenantContext): Promise<SentSegment> {
  const form = await readForm(args, ['intent', 'name', 'description', 'folder', 'tags', 'from', 'filter', 'text', 'origin']);
  const about = { name: textOf(form, 'name'), description: textOf(form, 'description'), folder: textOf(form, 'folder'), tags: textOf(form, 'tags') };
  const fields = { name: about.name, description: about.description, ...(form.has('folder') && filingOf(about)) };
  const sent = { intent: textOf(form, 'intent'), about, fields, text: textOf(form, 'text') };
  if (textOf(form, 'from') === 'tree') {
    const parsed = filterSchema.safeParse(jsonOf(textOf(form, 'filter')));
    const [issue] = parsed.error?.issues ?? [];
    return { ...sent, filter: parsed.success ? { ok: true, filter: parsed.data } : { ok: false, errors: { filter: `The conditions cannot be kept yet: ${issue?.message ?? 'there is none'}` } } };
  }
  const parsed = parseFilter(sent.text, await segmentNames(ctx));
  return { ...sent, filter: parsed.ok ? parsed : { ok: false, errors: { text: flawWords(parsed) } } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
