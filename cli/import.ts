/** `npm run import -- FILE --company SLUG`: streams an order file into a running instance and watches it arrive. */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { ImportApi } from './import/api.ts';
import { Problem } from './import/problem.ts';
import { findToken } from './import/token.ts';
import { printResult, progressPrinter } from './import/print.ts';

const HELP = `npm run import -- FILE --company SLUG [options]

  --company SLUG   the company to import into
  --url URL        where Perennial runs (default http://127.0.0.1:$PORT, port 8787)
  --mapping JSON   what the columns mean, where the guess is wrong:
                   '{"columns":{"customerId":"Buyer","amount":"Net"},"dateFormat":"dmy"}'
  --name NAME      the import's name (default: the file's)
  --json           print the result as JSON

Signs in with PERENNIAL_TOKEN, else with this machine's operator token from DATA_DIR (default .local).
Importing a file twice changes nothing. Exit codes: 0 done, 1 bad input, 2 could not run.
`;

/** How often the import is asked after: soon at first, since most files are small. */
const POLL_MS = { first: 150, most: 1000 };

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function readMapping(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    throw new Problem(1, `--mapping is not JSON: ${text.slice(0, 80)}`);
  }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        company: { type: 'string' },
        url: { type: 'string', default: `http://127.0.0.1:${process.env['PORT'] ?? '8787'}` },
        mapping: { type: 'string' },
        name: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Problem(1, `${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

async function openFile(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch {
    throw new Problem(1, `There is no file ${path} that can be read`);
  }
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new Problem(1, `Name one file\n\n${HELP}`);
  const token = findToken();
  if (token.kind === 'operator' && values.company === undefined) throw new Problem(1, `--company is missing\n\n${HELP}`);
  const file = await openFile(path);
  if (file.size === 0) throw new Problem(1, `${path} is empty`);

  const api = new ImportApi(values.url, token.value, values.company ?? null);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const progress = progressPrinter(values.json);
  let status = await api.start(file, values.name ?? basename(path), readMapping(values.mapping));
  for (let wait = POLL_MS.first; status.state !== 'done' && status.state !== 'failed' && status.state !== 'cancelled'; wait = Math.min(POLL_MS.most, wait * 1.3)) {
    await sleep(wait);
    status = await api.status(status.id);
    progress.show(status, seconds());
  }
  progress.end();
  printResult(status, seconds(), values.json);
  if (status.state === 'done') return status.rejected > 0 && status.inserted + status.unchanged === 0 ? 1 : 0;
  // A file that cannot be read is the user's to mend; what the server could not do is not.
  return 2;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.exitCode = error instanceof Problem ? error.exitCode : 2;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
