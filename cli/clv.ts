/** `npm run clv -- fit | rfm | cohorts | recommend | forecast`: the engines of core on a CSV file, without a server. */
import process from 'node:process';
import { COHORTS_HELP, runCohorts } from './clv/cohorts.ts';
import { FIT_HELP, runFit } from './clv/fit.ts';
import { FORECAST_HELP, runForecast } from './clv/forecast.ts';
import { InputError } from './clv/input-error.ts';
import { RECOMMEND_HELP, runRecommend } from './clv/recommend.ts';
import { RFM_HELP, runRfm } from './clv/rfm.ts';

const COMMANDS = new Map([
  ['fit', runFit],
  ['rfm', runRfm],
  ['cohorts', runCohorts],
  ['recommend', runRecommend],
  ['forecast', runForecast],
]);
const USAGE = `${FIT_HELP}\n${RFM_HELP}\n${COHORTS_HELP}\n${RECOMMEND_HELP}\n${FORECAST_HELP}\nExit codes: 0 done, 1 bad input, 2 could not run.\n`;

async function main([name = '', ...args]: string[]): Promise<number> {
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
    await command(args);
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

process.exitCode = await main(process.argv.slice(2));
