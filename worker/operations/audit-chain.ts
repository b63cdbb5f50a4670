/** The audit log's chain: entries are sealed some minutes after they were written, and anybody may recompute it. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { insertSeals, listStrays, listToSeal, readLinks, readUnsealed } from '#data/audit';
import type { ChainHead, ChainLink, NewSeal } from '#data/audit';
import type { Database } from '#data/tenant';
import type { JobsPort, TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { sha256 } from './secret-token.ts';

/** Minutes from one sealing to the next. */
const EVERY = 5;
const BATCH = 1_000;
/** What the first link has before it. */
const BEGINNING = '0'.repeat(64);
/** An entry that is not sealed after this long was kept from it. */
const STRAY_MS = 60 * 60_000;
const TOLD = 100;

/** Rings for the companies with entries to seal, every few minutes. */
export async function ringSealing(tools: { database: Database; jobs: JobsPort }, now: Date): Promise<void> {
  if (Math.floor(now.getTime() / 60_000) % EVERY !== 0) return;
  for (const companyId of await listToSeal(tools.database)) await tools.jobs.enqueue({ type: 'seal', companyId });
}

/** Takes what is not sealed into the chain. Safe to repeat, also twice at once: only one of two writes a position. */
export async function sealAudit(ctx: TenantContext): Promise<void> {
  for (;;) {
    const { head, entries } = await readUnsealed(ctx.db, BATCH);
    if (entries.length === 0) return;
    const seals: NewSeal[] = [];
    let before: ChainHead = head ?? { position: 0, hash: BEGINNING };
    for (const entry of entries) {
      before = { position: before.position + 1, hash: await linkHash(before, entry.content) };
      seals.push({ ...before, entryId: entry.id, entryAt: entry.at });
    }
    try {
      await insertSeals(ctx.db, seals);
    } catch (error) {
      // Another sealing wrote these positions first; what it left is the next one's.
      if (error instanceof AppError && error.code === 'invalid_input') return;
      throw error;
    }
    await keepAnchor(ctx, before);
    if (entries.length < BATCH) return;
  }
}

async function linkHash(before: ChainHead, content: string): Promise<string> {
  return await sha256(`${before.hash}\n${String(before.position + 1)}\n${content}`);
}

const anchorShape = z.object({ position: z.number(), hash: z.string() });

/** The newest link is kept beside the uploaded files as well: who can rewrite the database cannot rewrite that. */
async function keepAnchor(ctx: TenantContext, head: ChainHead): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...head, at: ctx.clock.now().toISOString() }));
  await ctx.files.put(anchorKey(ctx), new Blob([bytes]).stream(), { contentType: 'application/json', size: bytes.length });
}

async function readAnchor(ctx: TenantContext): Promise<ChainHead | null> {
  const file = await ctx.files.read(anchorKey(ctx), 0);
  return file === null ? null : anchorShape.parse(await new Response(file.body).json());
}

function anchorKey({ companyId }: TenantContext): string {
  return `audit/${companyId}/head.json`;
}

export interface ChainFault {
  /** `missing`: the entry is gone. `changed`: it is not what was sealed. `gap`: links are gone. `stray`: never sealed. `cut`: the chain ends before its kept end, or was written anew. */
  kind: 'missing' | 'changed' | 'gap' | 'stray' | 'cut';
  position: number | null;
  entryId: string | null;
}

export interface ChainReport {
  intact: boolean;
  /** Links that were recomputed. */
  checked: number;
  head: ChainHead | null;
  /** The first hundred. */
  faults: ChainFault[];
}

/** Recomputes the whole chain from the entries as they stand. Changes nothing. */
export async function verifyAudit(ctx: TenantContext): Promise<ChainReport> {
  requirePermission(ctx, 'audit:read');
  // Read first: the chain may only have grown since.
  const anchor = await readAnchor(ctx);
  const faults: ChainFault[] = [];
  let checked = 0;
  let before: ChainHead = { position: 0, hash: BEGINNING };
  let anchored = anchor === null;
  for (let links = await readLinks(ctx.db, 0, BATCH); links.length > 0; links = await readLinks(ctx.db, before.position, BATCH)) {
    for (const link of links) {
      faults.push(...await judge(before, link));
      checked += 1;
      // Goes on from what was sealed, so that one fault is told once.
      before = { position: link.position, hash: link.hash };
      if (anchor?.position === link.position && anchor.hash === link.hash) anchored = true;
    }
  }
  if (!anchored) faults.push({ kind: 'cut', position: anchor?.position ?? null, entryId: null });
  const strays = await listStrays(ctx.db, new Date(ctx.clock.now().getTime() - STRAY_MS).toISOString(), TOLD);
  faults.push(...strays.map((entryId): ChainFault => ({ kind: 'stray', position: null, entryId })));
  if (faults.length > 0) ctx.log.error('audit.chain_broken', { faults: faults.length, first: faults[0] });
  return { intact: faults.length === 0, checked, head: checked === 0 ? null : before, faults: faults.slice(0, TOLD) };
}

async function judge(before: ChainHead, link: ChainLink): Promise<ChainFault[]> {
  const { position, entryId } = link;
  if (position !== before.position + 1) return [{ kind: 'gap', position: before.position + 1, entryId: null }];
  if (link.content === null) return [{ kind: 'missing', position, entryId }];
  return (await linkHash(before, link.content)) === link.hash ? [] : [{ kind: 'changed', position, entryId }];
}
