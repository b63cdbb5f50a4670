/** `npm run clv -- COMMAND FILE`: the engines of core on a CSV file, without a server. */
import process from 'node:process';
import { BACKTEST_HELP, runBacktest } from './clv/backtest.ts';
import { CHURN_HELP, runChurn } from './clv/churn.ts';
import { CLUSTER_HELP, runCluster } from './clv/cluster.ts';
import { COHORTS_HELP, runCohorts } from './clv/cohorts.ts';
import { FIT_HELP, runFit } from './clv/fit.ts';
import { FORECAST_HELP, runForecast } from './clv/forecast.ts';
import { InputError } from './clv/input-error.ts';
import { asksLearned, LEARNED_HELP, runLearnedFit } from './clv/learned-fit.ts';
import { RECOMMEND_HELP, runRecommend } from './clv/recommend.ts';
import { RFM_HELP, runRfm } from './clv/rfm.ts';

const COMMANDS = new Map([
  ['fit', { run: (args: string[]) => (asksLearned(args) ? runLearnedFit(args) : runFit(args)), help: `${FIT_HELP}\n${LEARNED_HELP}` }],
  ['backtest', { run: runBacktest, help: BACKTEST_HELP }],
  ['rfm', { run: runRfm, help: RFM_HELP }],
  ['cohorts', { run: runCohorts, help: COHORTS_HELP }],
  ['churn', { run: runChurn, help: CHURN_HELP }],
  ['recommend', { run: runRecommend, help: RECOMMEND_HELP }],
  ['forecast', { run: runForecast, help: FORECAST_HELP }],
  ['cluster', { run: runCluster, help: CLUSTER_HELP }],
]);
const USAGE = [...[...COMMANDS.values()].map(({ help }) => help), 'Exit codes: 0 done, 1 bad input, 2 could not run.\n'].join('\n');

/** Does what was typed after `clv`. @returns the exit code */
export async function main([name = '', ...args]: string[]): Promise<number> {
  if (name === '--help' || name === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const command = COMMANDS.get(name);
  if (!command) {
    process.stderr.write(`${name === '' ? 'Which command?' : `There is no command "${name}".`} Commands: ${[...COMMANDS.keys()].join(', ')}; --help says more.\n`);
    return 1;
  }
  try {
    await command.run(args);
    return 0;
  } catch (error) {
    if (error instanceof InputError) {
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
    process.stderr.write(`clv ${name} could not run: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
