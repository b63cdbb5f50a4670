/** What must be known of a company before or without its context: its id by slug, its currency and limits. */
import { z } from 'zod';
import { findCompanyIdBySlug, readCompany } from '#data/accounts';
import { apiOriginsOf } from '#data/company';
import { closedBooks } from '#data/tenant-state';
import { lookUp } from './isolate-memory.ts';
import type { CompanyFacts, Visitor } from './visitor.ts';

const FACTS_SECONDS = 60;
/** In the inbox object, read only while Postgres is down. */
const KEPT_FACTS_SECONDS = 7 * 86_400;
const SLUG_SECONDS = 3600;

const facts = z.object({
  currency: z.string(), timeZone: z.string(), apiPerMinute: z.number().nullable(), closed: z.object({ before: z.string(), opensAt: z.string() }).nullable().default(null),
  apiOrigins: z.array(z.string()).default([]),
});
const limits = z.object({ apiPerMinute: z.number().int().positive().nullable().catch(null) });

/** The company that `slug` names; null when there is none. */
export async function findCompanyBySlug(visitor: Visitor, slug: string): Promise<string | null> {
  return await lookUp({
    memory: visitor.memory.slugs, key: slug, seconds: SLUG_SECONDS, inbox: null, clock: visitor.clock, log: visitor.log,
    load: () => findCompanyIdBySlug(visitor.database, slug),
  });
}

/** Null when there is no such company. Works without Postgres for a company whose inbox has met it. */
export async function companyFacts(visitor: Visitor, companyId: string): Promise<CompanyFacts | null> {
  return await lookUp({
    memory: visitor.memory.facts, key: `facts:${companyId}`, seconds: FACTS_SECONDS, clock: visitor.clock, log: visitor.log,
    inbox: { port: visitor.inbox, owner: { kind: 'api', companyId }, shape: facts, seconds: KEPT_FACTS_SECONDS, first: false },
    async load() {
      const company = await readCompany(visitor.database.tenant(companyId));
      if (company === null) return null;
      const { currency, timeZone, closedBefore, opensAt, settings } = company;
      return { currency, timeZone, apiPerMinute: limits.parse({ apiPerMinute: null, ...settings }).apiPerMinute, closed: closedBooks(closedBefore, opensAt), apiOrigins: apiOriginsOf(settings) };
    },
  });
}
