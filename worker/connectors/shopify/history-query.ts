/**
 * What we ask of Shopify: fields that give the same canonical records as the webhook of the order would.
 * A bulk query may hold no connection inside a list, so refunds come with their times only and are asked for by id.
 */
import type { HistoryWindow } from '#connectors/connector';

const MONEY = '{ shopMoney { amount currencyCode } }';
const TAXES = `taxLines { priceSet ${MONEY} }`;
const ALLOCATIONS = `discountAllocations { allocatedAmountSet ${MONEY} }`;

/** An instant as Shopify's search writes it; milliseconds are not understood there. */
function searchTime(instant: string): string {
  return `'${instant.replace(/\.\d+Z$/, 'Z')}'`;
}

/** All orders created in the window, oldest first, each followed by its lines. */
export function bulkOrdersQuery({ from, to }: HistoryWindow): string {
  const conditions = [from === null ? null : `created_at:>=${searchTime(from)}`, to === null ? null : `created_at:<${searchTime(to)}`].filter((part) => part !== null);
  return `{
  orders(sortKey: CREATED_AT, query: ${JSON.stringify(conditions.join(' AND '))}) {
    edges { node {
      __typename id name email test createdAt processedAt updatedAt cancelledAt displayFinancialStatus currencyCode taxesIncluded sourceName
      totalDiscountsSet ${MONEY} totalTaxSet ${MONEY} totalShippingPriceSet ${MONEY} totalTipReceivedSet ${MONEY}
      customer { id firstName lastName createdAt updatedAt tags defaultEmailAddress { emailAddress } defaultAddress { countryCodeV2 } }
      shippingAddress { countryCodeV2 }
      billingAddress { countryCodeV2 }
      refunds { id createdAt }
      lineItems { edges { node { __typename id sku title name isGiftCard quantity product { id } originalUnitPriceSet ${MONEY} totalDiscountSet ${MONEY} ${ALLOCATIONS} ${TAXES} } } }
      shippingLines { edges { node { __typename id originalPriceSet ${MONEY} discountedPriceSet ${MONEY} ${ALLOCATIONS} ${TAXES} } } }
    } }
  }
}`;
}

/** `groupObjects`: each order's lines follow it, so that the file can be read in pieces. */
export const RUN_BULK = `mutation PerennialHistory($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) { bulkOperation { id status } userErrors { field message code } }
}`;

export const READ_BULK = `query PerennialBulk($id: ID!) {
  node(id: $id) { ... on BulkOperation { id status errorCode rootObjectCount objectCount fileSize url } }
}`;

export const READ_SCOPES = 'query PerennialScopes { currentAppInstallation { accessScopes { handle } } }';

/** Refunds by id. Their lists are short; what is beyond them shows as a whole that does not add up and goes by the money that moved. */
export const READ_REFUNDS = `query PerennialRefunds($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Refund {
    id createdAt
    refundLineItems(first: 40) { nodes { quantity subtotalSet ${MONEY} totalTaxSet ${MONEY} lineItem { sku title name isGiftCard product { id } } } }
    refundShippingLines(first: 3) { nodes { subtotalAmountSet ${MONEY} taxAmountSet ${MONEY} } }
    orderAdjustments(first: 5) { nodes { reason amountSet ${MONEY} taxAmountSet ${MONEY} } }
    transactions(first: 10) { nodes { kind status test amountSet ${MONEY} } }
  } }
}`;
