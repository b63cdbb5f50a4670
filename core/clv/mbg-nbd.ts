/** MBG/NBD (Batislam et al. 2007; Hoppe & Wagner 2007): as BG/NBD, but the first purchase may be the last. */
import { betaGeometricModel } from './beta-geometric.ts';

export const mbgNbd = betaGeometricModel({ name: 'mbg-nbd', version: 1, dropsAtFirst: true });
