/** What Fernway Coffee sells: 48 products in six categories, who they appeal to, and what goes with what. */

export type Category = 'Espresso' | 'Filter coffee' | 'Capsules' | 'Tea and chocolate' | 'Brewing gear' | 'Gifts';

/** How a customer makes their cup at home; it decides what they buy. */
export type Brew = 'espresso' | 'filter' | 'capsule' | 'tea';

export interface Product {
  /** As the shop's platform counts them. */
  id: number;
  sku: string;
  name: string;
  category: Category;
  /** Consumer price in euro cents, value added tax included. */
  price: number;
  /** German value added tax: 7 % on coffee beans and food, 19 % on the rest. */
  taxPercent: 7 | 19;
  /** Households it suits; empty: all of them. */
  brews: readonly Brew[];
  /** Consumed and bought again. */
  staple: boolean;
  /** Relative demand within its category. */
  weight: number;
  /** SKUs that often share a basket with it. */
  companions: readonly string[];
}

type Row = [sku: string, name: string, price: number, weight: number, companions?: readonly string[]];

const SHELVES: readonly { category: Category; taxPercent: 7 | 19; staple: boolean; brews: readonly Brew[]; rows: readonly Row[] }[] = [
  {
    category: 'Espresso', taxPercent: 7, staple: true, brews: ['espresso'], rows: [
      ['ESP-NIG-250', 'Nightjar espresso, 250 g', 890, 9], ['ESP-NIG-1000', 'Nightjar espresso, 1 kg', 2990, 8],
      ['ESP-EMB-250', 'Ember espresso, 250 g', 950, 7], ['ESP-EMB-1000', 'Ember espresso, 1 kg', 3190, 6],
      ['ESP-BRZ-250', 'Brazil Fazenda Rio, 250 g', 1090, 5], ['ESP-IND-250', 'India Monsooned Malabar, 250 g', 1150, 3],
      ['ESP-DEC-250', 'Decaf espresso, 250 g', 1050, 4], ['ESP-ORG-1000', 'Organic crema, 1 kg', 3450, 4],
    ],
  },
  {
    category: 'Filter coffee', taxPercent: 7, staple: true, brews: ['filter'], rows: [
      ['FIL-MEA-250', 'Meadow blend, 250 g', 920, 9, ['GEA-PAP-100']], ['FIL-MEA-1000', 'Meadow blend, 1 kg', 3090, 5, ['GEA-PAP-100']],
      ['FIL-ETH-250', 'Ethiopia Guji, 250 g', 1390, 7], ['FIL-KEN-250', 'Kenya Nyeri AA, 250 g', 1590, 4],
      ['FIL-COL-250', 'Colombia Huila, 250 g', 1190, 6], ['FIL-GUA-250', 'Guatemala Antigua, 250 g', 1250, 4],
      ['FIL-DEC-250', 'Decaf filter, 250 g', 1090, 4], ['FIL-PAN-200', 'Panama Geisha, 200 g', 2900, 1],
    ],
  },
  {
    category: 'Capsules', taxPercent: 7, staple: true, brews: ['capsule'], rows: [
      ['CAP-NIG-20', 'Nightjar capsules, 20', 990, 9, ['CAP-LUN-20']], ['CAP-LUN-20', 'Lungo capsules, 20', 990, 8, ['CAP-NIG-20']],
      ['CAP-DEC-20', 'Decaf capsules, 20', 1050, 4], ['CAP-ORG-20', 'Organic capsules, 20', 1090, 5],
      ['CAP-VAN-20', 'Vanilla capsules, 20', 1090, 3], ['CAP-RIS-20', 'Ristretto capsules, 20', 990, 6],
      ['CAP-MIX-60', 'Capsule tasting box, 60', 2690, 4], ['CAP-BIG-120', 'Capsule year box, 120', 4990, 2],
    ],
  },
  {
    category: 'Tea and chocolate', taxPercent: 7, staple: true, brews: ['tea'], rows: [
      ['TEA-EAR-100', 'Earl Grey, 100 g', 790, 7], ['TEA-SEN-100', 'Sencha, 100 g', 990, 5],
      ['TEA-ROO-100', 'Rooibos, 100 g', 690, 5], ['TEA-CHA-100', 'Masala chai, 100 g', 850, 6, ['TEA-HOT-300']],
      ['TEA-HOT-300', 'Drinking chocolate, 300 g', 890, 6, ['TEA-CHA-100']], ['TEA-DAR-70', 'Dark chocolate with nibs, 70 g', 450, 6],
      ['TEA-BEA-100', 'Chocolate-coated beans, 100 g', 590, 6], ['TEA-MAT-40', 'Matcha, 40 g', 1890, 3],
    ],
  },
  {
    category: 'Brewing gear', taxPercent: 19, staple: false, brews: [], rows: [
      ['GEA-DRI-01', 'Ceramic dripper', 2490, 5, ['GEA-PAP-100', 'FIL-ETH-250']], ['GEA-PAP-100', 'Filter papers, 100', 590, 8],
      ['GEA-PRE-01', 'French press, 1 l', 3490, 4, ['FIL-MEA-250']], ['GEA-GRI-01', 'Hand grinder', 8900, 3, ['ESP-NIG-250']],
      ['GEA-TAM-58', 'Tamper, 58 mm', 3290, 3, ['GEA-JUG-06', 'GEA-CLE-10']], ['GEA-JUG-06', 'Milk jug, 0.6 l', 2190, 4, ['GEA-TAM-58']],
      ['GEA-CLE-10', 'Cleaning tablets, 10', 990, 6], ['GEA-SCA-01', 'Brewing scale', 4490, 3, ['GEA-DRI-01']],
    ],
  },
  {
    category: 'Gifts', taxPercent: 19, staple: false, brews: [], rows: [
      ['GIF-DIS-01', 'Discovery box, three coffees', 2990, 9, ['GIF-CAR-01']], ['GIF-WIN-01', 'Winter box', 3990, 8, ['TEA-BEA-100', 'GIF-CAR-01']],
      ['GIF-MUG-01', 'Fernway mug', 1490, 7, ['GIF-DIS-01']], ['GIF-SET-02', 'Two cups and saucers', 2790, 4],
      ['GIF-ADV-24', 'Advent calendar, 24 coffees', 4990, 5], ['GIF-BAG-01', 'Canvas bag', 990, 4],
      ['GIF-CAR-01', 'Greeting card', 350, 5, ['GIF-DIS-01']], ['GIF-BRE-01', 'Filter starter set', 5990, 3, ['FIL-ETH-250', 'GEA-PAP-100']],
    ],
  },
];

export const PRODUCTS: readonly Product[] = SHELVES.flatMap(({ rows, ...shelf }, shelfIndex) =>
  rows.map(([sku, name, price, weight, companions = []], row) => ({
    id: 8_412_000_000_000 + shelfIndex * 1000 + row * 17, sku, name, price, weight, companions, ...shelf,
  })));

const bySku = new Map(PRODUCTS.map((product) => [product.sku, product]));

/** @throws RangeError for a SKU the shop does not sell. */
export function productBySku(sku: string): Product {
  const product = bySku.get(sku);
  if (product === undefined) throw new RangeError(`No product ${sku}`);
  return product;
}
