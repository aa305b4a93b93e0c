/** A line of RFC 4180. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** A spreadsheet takes what begins like a formula for one; an apostrophe before it makes it text. */
function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  // All of them in quotes: some spreadsheets take a semicolon for the end of a cell.
  return `"${safe.replaceAll('"', '""')}"`;
}
