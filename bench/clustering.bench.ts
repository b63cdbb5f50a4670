/** Speed of clustering, against what modelling asks. */
import type { Bench } from './bench.ts';
import { benchClustering } from './clustering.ts';

export const bench: Bench = { name: 'clustering', seconds: 30, run: async () => benchClustering() };
