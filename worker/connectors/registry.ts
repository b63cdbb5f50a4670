/** The list of platforms. A new one is a folder beside this file and a line here. */
import type { Connector } from './connector.ts';
import { shopify } from './shopify/connector.ts';
import { woocommerce } from './woocommerce/connector.ts';

export const connectors: readonly Connector[] = [shopify, woocommerce];

/** Null for a platform that we do not speak. */
export function connectorFor(platform: string): Connector | null {
  return connectors.find((connector) => connector.platform === platform) ?? null;
}
