/** The one version of the Admin API that we speak. Shopify keeps each for at least twelve months: move it on by then. */
export const API_VERSION = '2026-10';
