/** `npm run import -- FILE --company SLUG`: streams an order file into a running instance and watches it arrive. */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { ImportStatus } from '#core/commerce/import-status';
import { ImportApi } from './import/api.ts';
import { Problem } from './import/problem.ts';
import { findToken } from './import/token.ts';
import { printResult, progressPrinter } from './import/print.ts';

const HELP = `npm run import -- FILE --company SLUG [options]
npm run import -- --cancel ID --company SLUG    stop an import; what it has read stays
npm run import -- --undo ID --company SLUG      take out again what an import brought

FILE is CSV, JSON Lines or Excel (.xlsx), the first two also packed as gzip. Exports of Shopify, WooCommerce and Stripe
are recognised by their headings.

  --company SLUG   the company to import into
  --url URL        where Perennial runs (default http://127.0.0.1:$PORT, port 8787)
  --mapping NAME   a mapping that was kept under this name on the import page, or what the columns mean as JSON:
                   '{"columns":{"customerId":"Buyer","amount":"Net"},"dateFormat":"dmy"}'
  --name NAME      the import's name (default: the file's)
  --json           print the result as JSON

Signs in with PERENNIAL_TOKEN, else with this machine's operator token from DATA_DIR (default .local).
Importing a file twice changes nothing. Interrupting the command leaves the import running. Exit codes: 0 done, 1 bad input, 2 could not run.
`;

/** How often the import is asked after: soon at first, since most files are small. */
const POLL_MS = { first: 150, most: 1000 };

const ENDED: ReadonlySet<ImportStatus['state']> = new Set(['done', 'failed', 'cancelled', 'undone']);

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The name of a kept mapping, or JSON. */
function readMapping(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!text.trimStart().startsWith('{')) return text;
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
        cancel: { type: 'string' },
        undo: { type: 'string' },
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

function connect(values: { url: string; company?: string | undefined }): ImportApi {
  const token = findToken();
  if (token.kind === 'operator' && values.company === undefined) throw new Problem(1, `--company is missing\n\n${HELP}`);
  return new ImportApi(values.url, token.value, values.company ?? null);
}

/** Asks after the import until nothing more will happen to it. */
async function watch(api: ImportApi, first: ImportStatus, show: (status: ImportStatus) => void): Promise<ImportStatus> {
  let status = first;
  for (let wait = POLL_MS.first; !ENDED.has(status.state); wait = Math.min(POLL_MS.most, wait * 1.3)) {
    await sleep(wait);
    status = await api.status(status.id);
    show(status);
  }
  return status;
}

async function endImport(api: ImportApi, id: string, how: 'cancel' | 'undo', json: boolean): Promise<number> {
  const status = await watch(api, await api.end(id, how), () => undefined);
  if (json) process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
  else if (how === 'cancel') process.stdout.write(`Stopped ${status.name}. What it had read stays: ${String(status.inserted)} sales; npm run import -- --undo ${id} takes them out\n`);
  else process.stdout.write(`Undid ${status.name}: ${String(status.undone)} sales were taken out again\n`);
  return 0;
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [path, ...more] = positionals;
  const [id, ending] = values.cancel !== undefined ? [values.cancel, 'cancel' as const] : [values.undo, 'undo' as const];
  if (id !== undefined) {
    if (positionals.length > 0 || (values.cancel !== undefined && values.undo !== undefined)) throw new Problem(1, `Name one import and no file\n\n${HELP}`);
    return await endImport(connect(values), id, ending, values.json);
  }
  if (path === undefined || more.length > 0) throw new Problem(1, `Name one file\n\n${HELP}`);
  const api = connect(values);
  const file = await openFile(path);
  if (file.size === 0) throw new Problem(1, `${path} is empty`);

  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const progress = progressPrinter(values.json);
  let status = await api.start(file, values.name ?? basename(path), readMapping(values.mapping));
  const importId = status.id;
  const interrupted = (): void => {
    progress.end();
    process.stderr.write(`The import goes on in the background. To stop it: npm run import -- --cancel ${importId}\n`);
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  status = await watch(api, status, (now) => progress.show(now, seconds()));
  process.off('SIGINT', interrupted);
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
