/** BG/NBD (Fader, Hardie & Lee 2005): a customer may drop out after each repeat purchase, never after the first. */
import { betaGeometricModel } from './beta-geometric.ts';

export const bgNbd = betaGeometricModel({ name: 'bg-nbd', version: 1, dropsAtFirst: false });
