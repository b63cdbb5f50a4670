/** `clv recommend`: what each customer is likely to want next, by the recommender that foresaw best. */
import process from 'node:process';
import { dayText } from '#core/calendar/days';
import { chooseRecommender, recommenderNames, type Window } from '#core/recommend/choose';
import { interactions } from '#core/recommend/interactions';
import { recommendAll } from '#core/recommend/recommend';
import { readFlags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print, writeCsv } from './print.ts';
import { readPurchases } from './read-purchases.ts';

export const RECOMMEND_HELP = `clv recommend FILE.csv [flags]
  Products each customer is likely to buy next (customer_id,date,product[,quantity]).

  --k N                   length of the lists (default 10)
  --model NAME            ${recommenderNames().join(', ')}
                          (default: the best by NDCG on a window before the test)
  --calibration-end DAY   last day that lists may rest on; what follows is the test.
                          Default: lists rest on all of the file, and the last fifth of its days is the test
  --exclude-bought        only what the customer has not bought yet
  --customers OUT.csv     write a row per customer and place, and leave the lists out of the JSON
  --time-zone ZONE        such as Europe/Berlin: instants fall on the day they were there (default: the day as written)
  --dates WAY             day-first or month-first, where 03/04/2026 fits both ways
  --json                  print JSON
`;

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runRecommend(args: string[]): Promise<void> {
  const flags = readFlags(args, ['k', 'model', 'calibration-end', 'customers'], ['exclude-bought']);
  if (flags.help) return void process.stdout.write(RECOMMEND_HELP);
  const k = flags.number('k', 10, 1);
  if (!Number.isInteger(k)) throw new InputError(`--k must be a whole number, not "${k}".`);
  const model = flags.text('model');
  if (model !== undefined && !recommenderNames().includes(model)) throw new InputError(`--model "${model}" is not one of ${recommenderNames().join(', ')}.`);
  const calibrationEnd = flags.day('calibration-end');
  const { lines, customerIds, itemIds, notes } = await readPurchases(flags.file, { timeZone: flags.timeZone, dates: flags.dates });
  const firstDay = lines.day.reduce((a, b) => Math.min(a, b), Infinity);
  const lastDay = lines.day.reduce((a, b) => Math.max(a, b), -Infinity);
  if (calibrationEnd !== undefined && calibrationEnd < firstDay) throw new InputError(`--calibration-end ${dayText(calibrationEnd)} lies before the first line, ${dayText(firstDay)}.`);
  const ranking = { k, newOnly: flags.on('exclude-bought') };
  const start = performance.now();
  const choice = chooseRecommender(lines, { ...ranking, calibrationEnd, model });
  const restsOn = Math.min(calibrationEnd ?? lastDay, lastDay);
  const known = interactions(lines, -Infinity, restsOn);
  const lists = recommendAll(choice.chosen, known, ranking);
  const seconds = (performance.now() - start) / 1000;
  const out = flags.text('customers');
  if (out !== undefined) {
    const rows = lists.flatMap(({ customer, items }) => items.map(({ item, score }, place) => [customerIds[customer] ?? '', place + 1, itemIds[item] ?? '', score]));
    await writeCsv(out, ['customer_id', 'rank', 'product', 'score'], rows);
  }
  const chosen = choice.candidates.find((each) => each.name === choice.chosen.name && each.settings === choice.chosen.settings);
  const json = flags.on('json');
  print(
    {
      model: choice.chosen.name,
      settings: choice.chosen.settings,
      chosenBy: model === undefined ? 'NDCG on the validation window' : 'you',
      k,
      excludeBought: ranking.newOnly,
      customers: lists.length,
      products: known.buyers.filter((n) => n > 0).length,
      pairs: known.item.length,
      restsOn: `${dayText(firstDay)} to ${dayText(restsOn)}`,
      seconds,
      validationWindow: windowText(choice.windows.validation),
      testWindow: windowText(choice.windows.test),
      validation: chosen?.validation ?? null,
      test: chosen?.test ?? null,
      candidates: json ? choice.candidates : choice.candidates.map((each) => `${[each.name, ...Object.values(each.settings)].join(' ')}: NDCG ${each.validation?.ndcg.toFixed(4) ?? '–'} on validation, ${each.test?.ndcg.toFixed(4) ?? '–'} on test`),
      notes: [...notes, ...choice.notes],
      ...(json && out === undefined ? { recommendations: lists.map(({ customer, items }) => ({ customer_id: customerIds[customer] ?? '', products: items.map(({ item, score }) => ({ product: itemIds[item] ?? '', score })) })) } : {}),
    },
    json,
  );
}

function windowText(window: Window | null): string | null {
  return window === null ? null : `${dayText(window.from)} to ${dayText(window.to)}`;
}
