import { pythonText } from '../json/python-text.ts';
import { compareText, isNumber, type Json, type JsonObject, toNumber } from '../json/value.ts';
import { textWidth } from './text-width.ts';

export interface TableLook {
  /** A wider table is turned: names and values in two columns. */
  readonly widthColumns: number;
  readonly colored: boolean;
}

/** A part of a table, with columns of its own. */
interface Section {
  readonly title: string | undefined;
  readonly level: number;
  headers: string[];
  rows: string[][];
}

/** The format `table`; empty where there is nothing to show. */
export function formatTable(title: string, value: Json, look: TableLook): string {
  const sections: Section[] = [];
  if (!addValue(sections, title, value, 0)) return '';
  const width = tableWidth(sections);
  const shown = width > look.widthColumns ? sections.map(turned) : sections;
  const total = tableWidth(shown);
  const lines = shown.flatMap((section) => {
    const edge = paint('|', '\u001b[2m\u001b[33m', look).repeat(section.level);
    return sectionLines(section, total - 2 * section.level, look).map((line) => `${edge}${line}${edge}`);
  });
  return [`${'-'.repeat(total)}`, ...lines].map((line) => `${line}\n`).join('');
}

/** Whether there was something to add. */
function addValue(sections: Section[], title: string | undefined, value: Json, level: number): boolean {
  if (isNothing(value)) return false;
  if (title !== undefined) sections.push({ title, level, headers: [], rows: [] });
  if (Array.isArray(value)) addList(sections, title, value, level);
  else if (value instanceof Map) addObject(sections, value, level);
  return true;
}

function addList(sections: Section[], title: string | undefined, items: readonly Json[], level: number): void {
  if (items[0] instanceof Map) {
    addObjects(
      sections,
      title,
      items.map((item) => (item instanceof Map ? item : new Map())),
      level,
    );
    return;
  }
  for (const item of items) {
    if (isScalar(item)) addRow(sections, [item]);
    else if (item instanceof Map) addRow(sections, [...item.keys()]);
    else if (Array.isArray(item) && item.every(isScalar)) addRow(sections, item);
    else addValue(sections, undefined, item, 0);
  }
}

function addObject(sections: Section[], object: JsonObject, level: number): void {
  const { scalars, others } = partition([object]);
  const [only] = scalars;
  if (scalars.length === 1 && only !== undefined) {
    addRow(sections, [only, object.get(only) ?? null]);
  } else if (scalars.length > 1) {
    addHeaders(sections, scalars);
    addRow(
      sections,
      scalars.map((name) => object.get(name) ?? null),
    );
  }
  for (const name of others) addValue(sections, name, object.get(name) ?? null, level + 1);
}

function addObjects(
  sections: Section[],
  title: string | undefined,
  objects: readonly JsonObject[],
  level: number,
): void {
  const { scalars, others } = partition(objects);
  for (const [position, object] of objects.entries()) {
    if (position > 0 && others.length > 0) sections.push({ title, level, headers: [], rows: [] });
    if (position === 0 || others.length > 0) addHeaders(sections, scalars);
    addRow(
      sections,
      scalars.map((name) => (object.has(name) ? (object.get(name) ?? null) : '')),
    );
    for (const name of others) {
      if (object.has(name)) addValue(sections, name, object.get(name) ?? null, level + 1);
    }
  }
}

/** The names of members that are scalars, and of those that are not, each in their order. */
function partition(objects: readonly JsonObject[]): { scalars: string[]; others: string[] } {
  const members = objects.flatMap((object) => [...object]);
  const namesOf = (wanted: boolean) => [
    ...new Set(members.filter(([, member]) => isScalar(member) === wanted).map(([name]) => name)),
  ];
  return { scalars: namesOf(true).sort(compareText), others: namesOf(false).sort(compareText) };
}

function addHeaders(sections: Section[], headers: string[]): void {
  const section = sections.at(-1);
  if (section !== undefined) section.headers = headers;
}

/** The table cannot be drawn. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

function addRow(sections: Section[], cells: readonly Json[]): void {
  const section = sections.at(-1);
  if (section === undefined) return;
  const columns = section.headers.length || section.rows[0]?.length;
  if (columns !== undefined && cells.length !== columns) {
    throw new TableError(`Row should have ${columns} elements, instead it has ${cells.length}`);
  }
  section.rows.push(cells.map(pythonText));
}

/** One row is shown as a column. */
function turned(section: Section): Section {
  const [row = []] = section.rows;
  if (section.rows.length !== 1 || section.headers.length === 0) return section;
  return { ...section, headers: [], rows: section.headers.map((header, column) => [header, row[column] ?? '']) };
}

const PADDING = 4;

function cellWidths({ headers, rows }: Section): number[] {
  const lines = headers.length > 0 ? [headers, ...rows] : rows;
  return (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => textWidth(line[column] ?? ''))));
}

function tableWidth(sections: readonly Section[]): number {
  const widths = sections.map((section) => {
    const columns = cellWidths(section).reduce((sum, width) => sum + width + PADDING, 0);
    return Math.max(textWidth(section.title ?? ''), columns) + 2 + 2 * section.level;
  });
  return Math.max(...widths);
}

/** The columns share what a wider section leaves. */
function columnWidths(section: Section, width: number): number[] {
  const wanted = cellWidths(section).map((each) => each + PADDING);
  const factor = width / wanted.reduce((sum, each) => sum + each, 0);
  const scaled = wanted.map((each) => roundToEven(factor * each));
  let surplus = scaled.reduce((sum, each) => sum + each, 0) - width;
  while (surplus !== 0) {
    const step = Math.sign(surplus);
    // What is missing goes to the last columns, what is too much is taken from the first ones.
    for (let turn = 0; turn < scaled.length && surplus !== 0; turn += 1) {
      const column = step > 0 ? turn : scaled.length - 1 - turn;
      scaled[column] = (scaled[column] ?? 0) - step;
      surplus -= step;
    }
  }
  return scaled;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function sectionLines(section: Section, width: number, look: TableLook): string[] {
  const { title, headers, rows } = section;
  const lines: string[] = [];
  if (title) {
    lines.push(centered(title, width, '|'));
    if (headers.length === 0 && rows.length === 0) lines.push(`+${'-'.repeat(width - 2)}+`);
  }
  if (cellWidths(section).length === 0) return lines;
  const widths = columnWidths(section, width);
  const rule = widths
    .map((each, column) => (column === 0 ? `+${'-'.repeat(each - 2)}+` : `${'-'.repeat(each - 1)}+`))
    .join('');
  if (headers.length > 0) {
    lines.push(
      rule,
      headers.map((header, column) => centered(header, widths[column] ?? 0, column === 0 ? '|' : '')).join(''),
    );
  }
  if (rows.length > 0) {
    const drawn = rows.map((row) =>
      row.map((cell, column) => leftAligned(cell, widths[column] ?? 0, column === 0 ? '|' : '', look)),
    );
    lines.push(rule, ...drawn.map((cells) => cells.join('')), rule);
  }
  return lines;
}

function centered(text: string, width: number, leftEdge: string): string {
  const length = textWidth(text);
  const before = Math.floor(width / 2) - Math.floor(length / 2) - 1;
  const after = width - 1 - leftEdge.length - before - length;
  return `${leftEdge}${spaces(before)}${text}${spaces(after)}|`;
}

function leftAligned(text: string, width: number, leftEdge: string, look: TableLook): string {
  const length = textWidth(text);
  const padding = width - length - 2 - leftEdge.length - 1 >= 0 ? 2 : 0;
  const after = width - leftEdge.length - padding - length - 1;
  return `${leftEdge}${spaces(padding)}${paint(text, '\u001b[1m\u001b[34m', look)}${spaces(after)}|`;
}

function spaces(count: number): string {
  return ' '.repeat(Math.max(0, count));
}

function paint(text: string, color: string, { colored }: TableLook): string {
  return colored ? `${color}${text}\u001b[0m` : text;
}

function isScalar(value: Json): boolean {
  return !Array.isArray(value) && !(value instanceof Map);
}

function isNothing(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  return value === null || value === false || value === '' || (isNumber(value) && toNumber(value) === 0);
}
