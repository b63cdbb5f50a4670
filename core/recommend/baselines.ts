/** The floors that a recommender must beat: what everybody buys, and what she herself buys again. */
import type { Interactions } from './interactions.ts';
import type { Recommender } from './recommender.ts';

/** Items by how many customers bought them: the same list for everyone. */
export const popularity: Recommender = {
  name: 'popularity',
  settings: {},
  fit(table: Interactions) {
    return { score: (_, scores) => scores.set(table.buyers) };
  },
};

/** What she bought most often herself, then what most others bought. */
export const ownFrequency: Recommender = {
  name: 'own-frequency',
  settings: {},
  fit(table: Interactions) {
    const most = table.buyers.reduce((a, b) => Math.max(a, b), 0) + 1;
    return {
      score(u, scores) {
        for (let i = 0; i < table.items; i++) scores[i] = (table.buyers[i] ?? 0) / most;
        for (let k = table.start[u] ?? 0; k < (table.start[u + 1] ?? 0); k++) {
          const i = table.item[k] ?? 0;
          scores[i] = (scores[i] ?? 0) + (table.count[k] ?? 0);
        }
      },
    };
  },
};
