/** Tables as CSV text and as a download. */

export type CsvValue = string | number | null;

/** RFC 4180; text that a spreadsheet would run as a formula is kept as text. */
export function toCsv(header: string[], rows: CsvValue[][]): string {
  const cell = (value: CsvValue): string => {
    if (value === null) return '';
    if (typeof value === 'number') return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has taken the content once the click has been handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
