/** Learned models that serve, from their files in object storage; an isolate remembers the last few. */
import { readChurnModel } from '#core/churn/churn-file';
import type { ChurnModel } from '#core/churn/fit-churn';
import type { LearnedValue } from '#core/clv/learned-value';
import { readSpendModel } from '#core/clv/spend-file';
import type { SpendFile } from '#core/clv/spend-file';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';

const MOST_KNOWN = 4;

/** Models of one kind that this isolate has read, the last used last. */
class ModelFiles<M> {
  private readonly known = new Map<string, M>();
  private readonly kind: string;
  private readonly parse: (bytes: Uint8Array) => M;

  constructor(kind: string, parse: (bytes: Uint8Array) => M) {
    this.kind = kind;
    this.parse = parse;
  }

  /** Null when the file cannot be used, which is logged: values must not wait for a model that is only one way to say them. */
  async read(ctx: TenantContext, { id, fileKey }: { id: string; fileKey: string }): Promise<M | null> {
    const held = this.known.get(id);
    if (held !== undefined) {
      this.known.delete(id);
      this.known.set(id, held);
      return held;
    }
    try {
      const found = await ctx.files.read(fileKey, 0);
      if (!found) throw new Error('The file is not there');
      const model = this.parse(new Uint8Array(await new Response(found.body).arrayBuffer()));
      this.known.set(id, model);
      for (const oldest of this.known.keys()) if (this.known.size > MOST_KNOWN) this.known.delete(oldest);
      return model;
    } catch (error) {
      ctx.log.error(`${this.kind}_model_unreadable`, { companyId: ctx.companyId, runId: id, error: error instanceof Error ? error.message : String(error) });
      return null;
    }
  }
}

const churnFiles = new ModelFiles<ChurnModel>('churn', readChurnModel);
const spendFiles = new ModelFiles<SpendFile>('spend', readSpendModel);

/** The churn model that serves under the company's horizon; null when there is none, or when its file cannot be used. */
export async function servingChurn(ctx: TenantContext, { churn, horizonDays }: TenantState): Promise<ChurnModel | null> {
  return churn === null || churn.horizonDays !== horizonDays ? null : churnFiles.read(ctx, churn);
}

/** The model of spend that serves under the company's horizon and way of counting money; null as for churn, and until it is learned anew under another. */
export async function servingSpend(ctx: TenantContext, state: TenantState): Promise<LearnedValue | null> {
  const { spend, horizonDays } = state;
  const file = spend === null || spend.horizonDays !== horizonDays ? null : await spendFiles.read(ctx, spend);
  return file?.basis === basisOf(state) ? file.model : null;
}

/** What an amount of this company means. */
export function basisOf({ currency, revenueBasis, countZeroOrders }: Pick<TenantState, 'currency' | 'revenueBasis' | 'countZeroOrders'>): string {
  return `${currency}, ${revenueBasis}, ${countZeroOrders ? 'with' : 'without'} orders of nothing`;
}
