/** Tables as CSV files (RFC 4180) that spreadsheets open without running anything. */

export type Cell = string | number | boolean | null | undefined;

/** A cell that begins like this is a formula to some spreadsheet, also after spaces and in full-width characters. */
const FORMULA = /^[\s\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** An apostrophe makes the cell a text. Numbers below zero are no formulas. */
const harmless = (text: string): string => (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text);

const cell = (value: Cell): string => {
  const text = harmless(value === null || value === undefined ? '' : String(value)).replaceAll('\0', '');
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const row = (cells: readonly Cell[]): string => `${cells.map(cell).join(',')}\r\n`;

/** The byte order mark makes spreadsheets read UTF-8. */
export const csvText = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  `\ufeff${row(head)}${rows.map(row).join('')}`;

/** A file name that every system accepts. */
export const csvFileName = (name: string, at: Date): string =>
  `${name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80)}-${at.toISOString().slice(0, 19).replaceAll(':', '')}.csv`;
