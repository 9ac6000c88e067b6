/** What was tried, as a table in Markdown: a row for each publisher, a column for each subscriber. */
export class InteropTable {
  readonly #columns: readonly string[];
  readonly #rows = new Map<string, Map<string, string>>();

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  note(row: string, column: string, result: string): void {
    const cells = this.#rows.get(row) ?? new Map<string, string>();
    this.#rows.set(row, cells.set(column, result));
  }

  toString(): string {
    const lines = [
      ['publisher', ...this.#columns],
      ['', ...this.#columns].map(() => '---'),
      ...[...this.#rows].map(([row, cells]) => [row, ...this.#columns.map((column) => cells.get(column) ?? '–')]),
    ];
    return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }
}
