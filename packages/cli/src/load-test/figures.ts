/** Numbers as people read them. */

const formats = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);

export function decimal(value: number, digits: 0 | 1 | 2 = 0): string {
  return formats[digits]?.format(value) ?? String(value);
}

/** Three digits or so. */
export function milliseconds(value: number): string {
  return `${decimal(value, value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

export function percent(value: number): string {
  return `${decimal(value, 2)} %`;
}

export function bitrate(bps: number | null): string {
  if (bps === null) return '–';
  return bps < 1_000_000 ? `${decimal(bps / 1_000)} kbit/s` : `${decimal(bps / 1_000_000, 1)} Mbit/s`;
}

export function seconds(durationMs: number): string {
  return `${decimal(durationMs / 1_000)} s`;
}

/** Columns under each other: the first one to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
