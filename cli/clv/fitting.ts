/** Fit, uncertainty and forecast of prepared histories: what `clv fit` prints and `clv backtest` compares. */
import type { BehaviourData, BehaviourModel, Fit, Params } from '#core/clv/behaviour';
import { designFrom, fitCovariates, type CovariateFit } from '#core/clv/covariates';
import { forecast, type Belief, type Forecast } from '#core/clv/forecast';
import { fitGammaGamma, type SpendFit, type SpendParams } from '#core/clv/gamma-gamma';
import { priorSpend } from '#core/clv/shipped-prior';
import { parameterUncertainty, spendUncertainty, type Uncertainty } from '#core/clv/uncertainty';
import { InputError } from './input-error.ts';
import type { Prepared } from './fit-input.ts';

export interface Fitted {
  model: BehaviourModel;
  fit: Fit;
  spend: SpendFit;
  /** Null without covariates. */
  covariates: CovariateFit | null;
}

export interface Believed {
  behaviour: Belief<readonly Params[]>;
  spend: Belief<SpendParams>;
  uncertainty: Uncertainty<Params> | null;
  spendUncertainty: Uncertainty<SpendParams> | null;
}

/** Spend of repeats, or an ordinary spread around the shop's own mean where there is nothing to fit. */
function fitSpend(prepared: Prepared, wanted: boolean): SpendFit {
  const rows = { x: prepared.data.x, m: prepared.m, weights: prepared.data.weights };
  if (wanted && prepared.m.some((m, i) => m > 0 && (prepared.data.x[i] ?? 0) > 0)) return fitGammaGamma(rows);
  return priorSpend(prepared.meanOrder, 0);
}

/** `attributes` are texts of the file's customers, by index. @throws InputError for covariates that cannot be used. */
export function fitPrepared(model: BehaviourModel, prepared: Prepared, wantSpend: boolean, attributes: readonly { name: string; values: readonly string[] }[] = []): Fitted {
  const data: BehaviourData = prepared.data;
  const fit = model.fit(data, { unitDays: prepared.unitDays });
  const spend = fitSpend(prepared, wantSpend);
  if (attributes.length === 0) return { model, fit, spend, covariates: null };
  try {
    const design = designFrom(attributes.map(({ name, values }) => ({ name, values: Array.from(prepared.customer, (customer) => values[customer] ?? '') })));
    const covariates = fitCovariates(model, fit, data, design);
    return { model, fit: covariates.fit, spend, covariates };
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`--covariates: ${error.message}.`);
    throw error;
  }
}

/** What the data leave open about the parameters. */
export function believe({ model, fit, spend, covariates }: Fitted, prepared: Prepared, seed: number): Believed {
  const own = spend.logLikelihood === 0 ? null : spendUncertainty(spend, { x: prepared.data.x, m: prepared.m, weights: prepared.data.weights });
  const spendBelief = { best: spend.params, draws: own?.draws ?? [spend.params] };
  if (covariates) return { behaviour: { best: covariates.patterns, draws: covariates.draws }, spend: spendBelief, uncertainty: null, spendUncertainty: own };
  const uncertainty = parameterUncertainty(model, fit, prepared.data, { seed });
  return { behaviour: { best: [uncertainty.best ?? fit.params], draws: uncertainty.draws.map((params) => [params]) }, spend: spendBelief, uncertainty, spendUncertainty: own };
}

export interface Ahead {
  horizonDays: number;
  discountMonthly: number;
  level: number;
  /** Customers' own intervals as well. */
  each: boolean;
  group?: Int32Array;
}

/** Predictions for every customer and in all. */
export function foresee({ model, covariates }: Fitted, { behaviour, spend }: Believed, prepared: Prepared, { group, ...ahead }: Ahead): Forecast {
  return forecast(model, behaviour, spend, { ...prepared.units, m: prepared.m, pattern: covariates?.pattern, group, weights: prepared.data.weights }, { ...ahead, unitDays: prepared.unitDays });
}
