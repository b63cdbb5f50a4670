/** What one person puts in a basket: favourites bought again, companions that go together, gifts in season. */
import { PRODUCTS, productBySku } from './catalogue.ts';
import type { Brew, Product } from './catalogue.ts';
import { between, chance, pick, pickWeighted } from '#core/math/random';
import type { Random } from '#core/math/random';

export interface Taste {
  brew: Brew;
  /** What they come back for. */
  favourites: readonly Product[];
}

export interface BasketLine {
  product: Product;
  quantity: number;
}

const BREWS: readonly { brew: Brew; weight: number }[] = [
  { brew: 'espresso', weight: 42 }, { brew: 'filter', weight: 30 }, { brew: 'capsule', weight: 18 }, { brew: 'tea', weight: 10 },
];

const staplesOf = (brew: Brew): Product[] => PRODUCTS.filter((product) => product.staple && product.brews.includes(brew));
const GEAR = PRODUCTS.filter((product) => product.category === 'Brewing gear');
const GIFTS = PRODUCTS.filter((product) => product.category === 'Gifts');
const TREATS = PRODUCTS.filter((product) => product.category === 'Tea and chocolate');
const weightOf = (product: Product): number => product.weight;
/** Tools that fit what stands in the kitchen are bought several times as often as the others. */
const TOOLS: Readonly<Record<Brew, readonly string[]>> = {
  espresso: ['GEA-TAM-58', 'GEA-JUG-06', 'GEA-GRI-01', 'GEA-CLE-10'],
  filter: ['GEA-DRI-01', 'GEA-PAP-100', 'GEA-PRE-01', 'GEA-SCA-01', 'GEA-GRI-01'],
  capsule: ['GEA-CLE-10', 'GEA-JUG-06'],
  tea: [],
};
const toolWeight = (brew: Brew) => (product: Product): number => product.weight * (TOOLS[brew].includes(product.sku) ? 6 : 1);

export function inventTaste(random: Random): Taste {
  const { brew } = pickWeighted(random, BREWS, (one) => one.weight);
  const staples = staplesOf(brew);
  const favourites = new Set<Product>();
  for (let wanted = between(random, 1, 3); wanted > 0; wanted--) favourites.add(pickWeighted(random, staples, weightOf));
  return { brew, favourites: [...favourites] };
}

/** A household's shopping: mostly favourites, now and then something to try, a tool or a treat. */
export function householdBasket(random: Random, taste: Taste): BasketLine[] {
  const chosen = new Map<Product, number>();
  const add = (product: Product, quantity = 1): void => {
    chosen.set(product, (chosen.get(product) ?? 0) + quantity);
  };
  add(pick(random, taste.favourites), pickWeighted(random, [1, 2, 3, 4], (n) => [0, 46, 34, 13, 7][n] ?? 0));
  if (chance(random, 0.34)) add(pick(random, taste.favourites));
  if (chance(random, 0.3)) add(pickWeighted(random, staplesOf(taste.brew), weightOf));
  if (chance(random, 0.16)) add(pickWeighted(random, GEAR, toolWeight(taste.brew)));
  if (chance(random, 0.18)) add(pickWeighted(random, TREATS, weightOf));
  return withCompanions(random, chosen, 0.3);
}

/** Presents: boxes and mugs, often more than one of the same. */
export function giftBasket(random: Random, month: number): BasketLine[] {
  const chosen = new Map<Product, number>();
  // The advent calendar sells before December and at no other time of the year.
  const offered = GIFTS.filter((product) => product.sku !== 'GIF-ADV-24' || month === 10 || month === 11);
  chosen.set(pickWeighted(random, offered, weightOf), pickWeighted(random, [1, 2, 3, 5], (n) => 8 / n ** 2));
  if (chance(random, 0.35)) chosen.set(pickWeighted(random, offered, weightOf), 1);
  if (chance(random, 0.12)) chosen.set(pickWeighted(random, GEAR, weightOf), 1);
  return withCompanions(random, chosen, 0.28);
}

function withCompanions(random: Random, chosen: Map<Product, number>, probability: number): BasketLine[] {
  for (const product of [...chosen.keys()]) {
    for (const sku of product.companions) {
      const companion = productBySku(sku);
      if (chance(random, probability) && !chosen.has(companion)) chosen.set(companion, 1);
    }
  }
  return [...chosen].map(([product, quantity]) => ({ product, quantity }));
}
