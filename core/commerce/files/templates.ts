/** Files to fill in: every column we read, with lines that show how. */

export const TEMPLATES = {
  csv: {
    name: 'perennial-orders.csv',
    contentType: 'text/csv; charset=utf-8',
    text: [
      'order_id,date,customer_id,email,customer_name,country,type,amount,currency,quantity,product,sku,category,channel,status,updated_at',
      'A-1001,2026-03-01 14:05,C-17,ann@example.com,Ann Lee,DE,purchase,24.00,EUR,2,House blend 250 g,HB-250,Coffee,web,paid,',
      'A-1001,2026-03-01 14:05,C-17,ann@example.com,Ann Lee,DE,purchase,12.90,EUR,1,Filter papers,FP-100,Equipment,web,paid,',
      'A-1002,2026-03-02,C-18,bob@example.com,Bob Roy,FR,refund,12.90,EUR,1,Filter papers,FP-100,Equipment,web,refunded,',
      '',
    ].join('\r\n'),
  },
  jsonl: {
    name: 'perennial-orders.jsonl',
    contentType: 'application/x-ndjson',
    text: [
      { externalId: 'A-1001', occurredAt: '2026-03-01T14:05:00Z', amount: '36.90', currency: 'EUR', type: 'purchase', customer: { externalId: 'C-17', email: 'ann@example.com', name: 'Ann Lee', country: 'DE' }, items: [{ name: 'House blend 250 g', sku: 'HB-250', category: 'Coffee', quantity: 2, amount: '24.00' }, { name: 'Filter papers', sku: 'FP-100', quantity: 1, amount: '12.90' }], channel: 'web' },
      { externalId: 'A-1001-R1', occurredAt: '2026-03-09T09:00:00Z', amount: '12.90', currency: 'EUR', type: 'refund', orderId: 'A-1001' },
    ].map((line) => `${JSON.stringify(line)}\n`).join(''),
  },
} as const;
