/** What a column can mean, and the headings that real exports give it. */

export const FIELDS = [
  'customerId', 'email', 'name', 'country', 'date', 'updatedAt', 'amount', 'unitPrice', 'quantity', 'currency',
  'type', 'status', 'orderId', 'product', 'productId', 'category', 'channel',
] as const;
export type Field = (typeof FIELDS)[number];

/** Words for people. */
export const FIELD_LABELS: Readonly<Record<Field, string>> = {
  customerId: 'Customer id',
  email: 'E-mail',
  name: 'Customer name',
  country: 'Country',
  date: 'Order date',
  updatedAt: 'Last changed',
  amount: 'Amount',
  unitPrice: 'Unit price',
  quantity: 'Quantity',
  currency: 'Currency',
  type: 'Type (purchase, refund, subscription)',
  status: 'Status',
  orderId: 'Order id',
  product: 'Product name',
  productId: 'Product id',
  category: 'Category',
  channel: 'Channel',
};

/**
 * Headings in lower case with single spaces for punctuation, the likeliest first: Shopify, WooCommerce, Stripe,
 * Magento, Square, Amazon, PayPal, UCI Online Retail, CDNOW, and plain German, French and Spanish.
 */
export const HEADINGS: Readonly<Record<Field, readonly string[]>> = {
  customerId: [
    'customer id', 'customerid', 'customer', 'cust id', 'custid', 'customer number', 'customer no', 'customer nr', 'client id', 'clientid', 'user id', 'userid',
    'buyer id', 'member id', 'account id', 'contact id', 'shopper id', 'customer key', 'customer ref', 'customer user id', 'client', 'buyer', 'user', 'id customer',
    'kundennummer', 'kunden nr', 'kunde', 'kunden id', 'id client', 'numero client', 'id cliente', 'cliente', 'master id',
  ],
  email: [
    'email', 'e mail', 'customer email', 'email address', 'billing email', 'email billing', 'customer e mail', 'buyer email', 'contact email', 'from email address',
    'user email', 'mail', 'e mail adresse', 'adresse e mail', 'correo', 'correo electronico',
  ],
  name: [
    'customer name', 'full name', 'billing name', 'buyer name', 'bill to name', 'client name', 'contact name', 'shipping name', 'recipient name', 'name', 'kundenname', 'nom', 'nombre',
  ],
  country: [
    'country', 'country code', 'billing country', 'shipping country', 'customer country', 'ship country', 'land', 'pays', 'pais',
  ],
  date: [
    'order date', 'orderdate', 'date', 'invoicedate', 'invoice date', 'purchase date', 'purchased at', 'transaction date', 'transactiondate', 'occurred at', 'occurredat',
    'paid at', 'created at', 'created', 'created utc', 'created date utc', 'created date', 'order created at', 'processed at', 'date created', 'date paid', 'order timestamp',
    'order purchase timestamp', 'timestamp', 'datetime', 'date time', 'sale date', 'payment date', 'day', 'time', 'order time', 'purchase time', 'datum', 'bestelldatum',
    'date de commande', 'date commande', 'fecha', 'fecha de pedido',
  ],
  updatedAt: ['updated at', 'updatedat', 'last updated', 'modified at', 'date modified', 'last modified'],
  amount: [
    'amount', 'net sales', 'net amount', 'subtotal', 'order subtotal', 'order total', 'ordertotal', 'order amount', 'order value', 'total', 'grand total', 'total amount', 'total price',
    'total sales', 'revenue', 'sales', 'value', 'spend', 'spent', 'price', 'transaction amount', 'payment value', 'paid', 'net', 'gross', 'gross sales', 'line total', 'total spent',
    'monetary', 'sum', 'betrag', 'summe', 'umsatz', 'gesamt', 'gesamtbetrag', 'montant', 'total ttc', 'importe',
  ],
  unitPrice: ['unitprice', 'unit price', 'price each', 'item price', 'price per unit', 'lineitem price', 'item cost', 'einzelpreis', 'prix unitaire', 'precio unitario'],
  quantity: ['quantity', 'qty', 'lineitem quantity', 'units', 'item quantity', 'number of units', 'count', 'menge', 'anzahl', 'quantite', 'cantidad'],
  currency: ['currency', 'currency code', 'order currency', 'currencycode', 'converted currency', 'wahrung', 'devise', 'moneda'],
  type: ['type', 'transaction type', 'order type', 'kind', 'record type', 'typ'],
  status: ['status', 'financial status', 'order status', 'payment status', 'transaction status', 'state'],
  orderId: [
    'order id', 'orderid', 'order number', 'ordernumber', 'order no', 'order', 'invoiceno', 'invoice no', 'invoice', 'invoice number', 'invoice id', 'transaction id', 'transactionid',
    'receipt id', 'receipt number', 'purchase id', 'payment id', 'external id', 'externalid', 'amazon order id', 'increment id', 'bestellnummer', 'rechnungsnummer', 'numero de commande', 'pedido', 'id',
  ],
  product: [
    'product name', 'product', 'description', 'lineitem name', 'item name', 'item', 'product title', 'title', 'item description', 'article', 'produkt', 'artikel', 'produit', 'producto',
  ],
  productId: ['product id', 'productid', 'sku', 'stockcode', 'stock code', 'lineitem sku', 'product sku', 'item sku', 'item id', 'variant id', 'asin', 'artikelnummer'],
  category: ['category', 'product category', 'product type', 'department', 'product line', 'kategorie', 'categorie', 'categoria'],
  channel: ['channel', 'sales channel', 'source', 'utm source', 'order source', 'source name', 'marketing channel', 'kanal', 'canal'],
};

/** `Lineitem_Price (€)` → `lineitem price`. */
export function plainHeading(heading: string): string {
  return heading
    .normalize('NFD')
    // Combining accents of the decomposed letters.
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** What headings come to for comparing files: the same columns in the same order, however they are written. */
export function headerKey(headings: readonly string[]): string {
  return headings.map(plainHeading).join('|');
}
