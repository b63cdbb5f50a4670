/** `clv churn`: who will leave, by learned models, judged on customers they were not fitted on. */
import process from 'node:process';
import { readFile, writeFile } from 'node:fs/promises';
import { CLASSIFIERS, contributions, importanceShares, isClassifier, type ClassifierName } from '#core/churn/classifier';
import { readChurnModel, writeChurnModel } from '#core/churn/churn-file';
import { fitChurn, predictChurn, servedModel, type ChurnModel } from '#core/churn/fit-churn';
import { AppError } from '#core/errors';
import { calibrationDeciles } from '#core/learning/calibration';
import { driftOf, PREDICTION, MOVED_SOMEWHAT } from '#core/learning/drift';
import { encode, unseenLevels } from '#core/learning/encoding';
import { auc, classifierMetrics, logLoss } from '#core/learning/metrics';
import { permutationImportance } from '#core/learning/permutation';
import { splitBy, stratifiedSplit } from '#core/learning/split';
import { takeRows, takeValues, type Table } from '#core/learning/table';
import { seeded, shuffle } from '#core/math/seeded';
import { readChurnInput, type ChurnInput } from './churn-input.ts';
import { readFlags, type Flags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print, writeCsv, type Cell } from './print.ts';

export const CHURN_HELP = `clv churn FILE.csv [flags]
  Who will leave. Orders (customer_id,date,amount[,order_id,channel,product,quantity]): features as of --calibration-end, left
  who does not buy until --observation-end. Or any table with a column that says who left: --label.

  --model NAME            logistic, forest, boosted or all (default): all are fitted, the best on held-back customers serves
  --label COLUMN          the file is a table; this column says who left
  --positive VALUE        the label's value that means left, where it does not speak for itself
  --id COLUMN             of a table: what names a customer (default: the row's number)
  --drop COL,COL          of a table: columns not to learn from
  --calibration-end DAY   of orders: last day the features may see (default: a third of the file before its end)
  --observation-end DAY   of orders: last day looked at for a purchase (default: last day of the file)
  --features NAME         of orders: all (default) or reference, the thirteen plainest
  --count-zero            of orders: a day worth zero is a purchase too
  --currency CODE         of orders: how many decimals amounts have (default USD)
  --test HOW              every-5th (default; customers by name, rows as they stand), a share such as 0.2 (drawn by --seed),
                          last-0.2 (the last fifth), or none
  --seed N                of every draw (default 1)
  --save MODEL            write the serving model to a file
  --load MODEL            fit nothing: score FILE by a saved model, and say how far its inputs have moved since
  --explain               with --customers: the three columns that move each customer's score most
  --customers OUT.csv     write a row per customer
  --time-zone ZONE        such as Europe/Berlin: instants fall on the day they were there (default: the day as written)
  --dates WAY             day-first or month-first, where 03/04/2026 fits both ways
  --json                  print JSON
`;

/** Rows on which columns are dealt anew: enough to rank them. */
const PERMUTED_ROWS = 2000;

interface Judged {
  model: ChurnModel;
  metrics: ReturnType<typeof classifierMetrics> | null;
  seconds: number;
}

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runChurn(args: string[]): Promise<void> {
  const flags = readFlags(
    args,
    ['model', 'label', 'positive', 'id', 'drop', 'calibration-end', 'observation-end', 'features', 'currency', 'test', 'seed', 'save', 'load', 'customers'],
    ['count-zero', 'explain'],
  );
  if (flags.help) return void process.stdout.write(CHURN_HELP);
  const names = modelNames(flags.text('model') ?? 'all');
  const seed = flags.number('seed', 1, 0);
  const isTest = testRule(flags.text('test') ?? 'every-5th');
  const load = flags.text('load');
  if (load !== undefined) return score(flags, load);
  const input = await readChurnInput(flags, true);
  const known = Int32Array.from(input.y.keys()).filter((i) => !Number.isNaN(input.y[i] ?? NaN));
  if (known.length === 0) throw new InputError(`${flags.file}: no row has a label.`);
  const labels = takeValues(input.y, known);
  const parts = isTest(labels, seed);
  if (parts.fit.length === 0) throw new InputError(`${flags.file}: with --test ${flags.text('test') ?? 'every-5th'} none of the ${known.length} customers is left to fit on.`);
  const rowsOf = (index: Int32Array): Int32Array => index.map((i) => known[i] ?? 0);
  const training = { table: takeRows(input.table, rowsOf(parts.fit)), y: takeValues(labels, parts.fit) };
  const test = { table: takeRows(input.table, rowsOf(parts.held)), y: takeValues(labels, parts.held) };
  const judged = names.map((name): Judged => {
    const start = performance.now();
    const model = fitChurn(training.table, training.y, name, { seed, isLogged: input.isLogged });
    const seconds = (performance.now() - start) / 1000;
    return { model, seconds, metrics: test.y.length > 0 ? classifierMetrics(predictChurn(model, test.table), test.y, model.threshold) : null };
  });
  const model = servedModel(judged.map((each) => each.model));
  const save = flags.text('save');
  if (save !== undefined) await writeFile(save, writeChurnModel(model));
  const sets = new Array<string>(input.y.length).fill('new');
  rowsOf(parts.fit).forEach((row) => (sets[row] = 'train'));
  rowsOf(parts.held).forEach((row) => (sets[row] = 'test'));
  const everyone = predictChurn(model, input.table);
  await writeCustomers(flags, input, model, everyone, sets);
  const looked = test.y.length > 0 ? test : training;
  print(
    {
      shape: input.shape,
      ...input.about,
      model: model.classifier.name,
      n: known.length,
      nTest: test.y.length,
      churnRate: labels.reduce((sum, label) => sum + label, 0) / labels.length,
      metrics: judged.find((each) => each.model === model)?.metrics ?? null,
      baseRate: test.y.length > 0 ? classifierMetrics(new Float64Array(test.y.length).fill(model.evidence.churnRate), test.y, 0.5) : null,
      calibration: { method: model.calibration.method, tried: model.evidence.calibrationTried, deciles: calibrationDeciles(predictChurn(model, looked.table), looked.y) },
      importance: importanceOf(model, looked.table, looked.y, seed),
      drift: driftRows(model, looked.table),
      models: Object.fromEntries(judged.map((each) => [each.model.classifier.name, { metrics: each.metrics, validation: each.model.evidence.validation, calibration: each.model.calibration.method, seconds: each.seconds }])),
      notes: notesOf(input, judged, model, test),
    },
    flags.on('json'),
  );
}

function modelNames(asked: string): ClassifierName[] {
  if (asked === 'all') return [...CLASSIFIERS];
  if (isClassifier(asked)) return [asked];
  throw new InputError(`--model "${asked}" is not one of ${CLASSIFIERS.join(', ')}, all.`);
}

type TestRule = (labels: Float64Array, seed: number) => ReturnType<typeof splitBy>;

/** How test rows are picked. @throws InputError for words that name no rule. */
function testRule(words: string): TestRule {
  const nth = /^every-(\d+)(st|nd|rd|th)$/.exec(words);
  if (nth && Number(nth[1]) >= 2) return (labels) => splitBy(labels.length, (i) => i % Number(nth[1]) === 0);
  if (words === 'none') return (labels) => splitBy(labels.length, () => false);
  const share = Number(words.replace(/^last-/, ''));
  if (words.trim() === '' || !(share > 0 && share < 1)) throw new InputError(`--test must be every-5th, a share such as 0.2, last-0.2 or none, not "${words}".`);
  if (words.startsWith('last-')) return (labels) => splitBy(labels.length, (i) => i >= Math.floor((1 - share) * labels.length));
  return (labels, seed) => stratifiedSplit(labels, share, seed);
}

function notesOf(input: ChurnInput, judged: readonly Judged[], model: ChurnModel, test: { table: Table; y: Float64Array }): string[] {
  const notes = [...input.notes];
  for (const note of new Set(judged.flatMap((each) => each.model.notes))) notes.push(note);
  if (test.y.length > 0 && auc(test.y, test.y) === null) notes.push('All customers of the test are of one kind: auc and pr_auc have no meaning there');
  for (const { name, rows } of unseenLevels(model.encoding, test.table)) notes.push(`${name}: ${rows} test rows hold a value the fit did not see; it counts as none of the known ones`);
  return notes;
}

/** Columns by what permuting them costs on `table`, beside their share in the model itself. */
function importanceOf(model: ChurnModel, table: Table, y: Float64Array, seed: number): { feature: string; gain: number; permutation: number }[] {
  const rows = shuffle(new Int32Array(table.rows).map((_, i) => i), seeded(seed)).slice(0, PERMUTED_ROWS).sort();
  const labels = takeValues(y, rows);
  const inputs = model.encoding.columns.map(({ name }) => name);
  const used = takeRows({ rows: table.rows, columns: table.columns.filter(({ name }) => inputs.includes(name)) }, rows);
  const shares = importanceShares(model.classifier, encode(model.encoding, { ...used, rows: used.rows }), inputs.length);
  const lost = permutationImportance(used, (dealt) => {
    const p = predictChurn(model, dealt);
    return auc(p, labels) ?? -logLoss(p, labels);
  }, { seed, repeats: 2 });
  return lost.map(({ name, loss }) => ({ feature: name, gain: shares[inputs.indexOf(name)] ?? 0, permutation: loss }));
}

function driftRows(model: ChurnModel, table: Table): { name: string; psi: number }[] {
  return driftOf(model.baselines, { rows: table.rows, columns: [...table.columns, { kind: 'number', name: PREDICTION, values: predictChurn(model, table) }] });
}

async function score(flags: Flags, path: string): Promise<void> {
  const bytes = await readFile(path).catch(() => {
    throw new InputError(`--load ${path}: no such file.`);
  });
  let model: ChurnModel;
  try {
    model = readChurnModel(bytes);
  } catch (error) {
    if (error instanceof AppError) throw new InputError(`--load ${path}: ${error.message}.`);
    throw error;
  }
  const input = await readChurnInput(flags, false);
  let p: Float64Array;
  try {
    p = predictChurn(model, input.table);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`${flags.file}: ${error.message}.`);
    throw error;
  }
  await writeCustomers(flags, input, model, p, new Array<string>(p.length).fill('new'));
  const known = Int32Array.from(input.y.keys()).filter((i) => !Number.isNaN(input.y[i] ?? NaN));
  const drift = driftRows(model, input.table);
  const moved = drift.filter(({ psi }) => psi > MOVED_SOMEWHAT).map(({ name }) => name);
  print(
    {
      shape: input.shape,
      ...input.about,
      model: model.classifier.name,
      n: input.table.rows,
      meanProbability: p.reduce((sum, each) => sum + each, 0) / p.length,
      metrics: known.length > 0 ? classifierMetrics(takeValues(p, known), takeValues(input.y, known), model.threshold) : null,
      drift,
      notes: [...input.notes, ...(moved.length > 0 ? [`Moved since the fit: ${moved.join(', ')}`] : []), ...unseenLevels(model.encoding, input.table).map(({ name, rows }) => `${name}: ${rows} rows hold a value the fit did not see`)],
    },
    flags.on('json'),
  );
}

async function writeCustomers(flags: Flags, input: ChurnInput, model: ChurnModel, p: Float64Array, sets: readonly string[]): Promise<void> {
  const out = flags.text('customers');
  if (flags.on('explain') && out === undefined) throw new InputError('--explain writes into the file of --customers: give that as well.');
  if (out === undefined) return;
  const reasons = flags.on('explain') ? reasonsOf(model, input.table) : null;
  const header = ['customer_id', 'churn_probability', 'churned', 'set', ...(reasons ? ['reason_1', 'reason_2', 'reason_3'] : [])];
  const rows = input.ids.map((id, i): Cell[] => {
    const label = input.y[i] ?? NaN;
    return [id, p[i] ?? 0, Number.isNaN(label) ? '' : label, sets[i] ?? '', ...(reasons?.[i] ?? [])];
  });
  await writeCsv(out, header, rows);
}

/** The three columns that move each score most, as `name +0.42`: log-odds, before calibration. */
function reasonsOf(model: ChurnModel, table: Table): string[][] {
  if (model.classifier.name === 'forest') throw new InputError('--explain takes --model logistic or boosted: the reasons of a forest would take hours.');
  const names = model.encoding.columns.map(({ name }) => name);
  const { values } = contributions(model.classifier, encode(model.encoding, table), names.length);
  return Array.from({ length: table.rows }, (_, i) => {
    const own = names.map((name, k) => ({ name, moves: values[i * names.length + k] ?? 0 })).sort((a, b) => Math.abs(b.moves) - Math.abs(a.moves));
    return Array.from({ length: 3 }, (__, k) => (own[k] ? `${own[k].name} ${own[k].moves >= 0 ? '+' : ''}${own[k].moves.toFixed(3)}` : ''));
  });
}
