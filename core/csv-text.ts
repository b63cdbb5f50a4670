/** Tables as CSV text. */

export type CsvValue = string | number | null;

/** RFC 4180; text that a spreadsheet would run as a formula is kept as text. */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return csvLines([header, ...rows]);
}

function csvLines(rows: readonly (readonly CsvValue[])[]): string {
  const cell = (value: CsvValue): string => {
    if (value === null) return '';
    if (typeof value === 'number') return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A file with a byte order mark, read page by page as its reader takes it: it may have a million lines. */
export function csvStream(header: readonly string[], pages: AsyncIterator<readonly (readonly CsvValue[])[]>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => { controller.enqueue(encoder.encode(`\ufeff${csvLines([header])}`)); },
    async pull(controller) {
      // A pull that brings nothing is not asked again: empty pages are passed over here.
      let page = await pages.next();
      while (page.done !== true && page.value.length === 0) page = await pages.next();
      if (page.done === true) controller.close();
      else controller.enqueue(encoder.encode(csvLines(page.value)));
    },
  });
}
