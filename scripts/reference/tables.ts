import type { StructureShape } from '@proscenium/model';
import type { MemberDescription } from '@proscenium/model/descriptions';
import { constraintsText, typeText } from './shape-text.ts';

/** A Markdown table. Columns in which nothing stands are left out. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = columns.map((_, index) => rows.some((row) => row[index] !== ''));
  const line = (cells: readonly string[]) =>
    `| ${cells
      .filter((_, index) => used[index])
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The members of a structure that are described. */
export function memberTable(
  { properties, required = [] }: StructureShape,
  descriptions: Readonly<Record<string, MemberDescription>>,
): string {
  const names = Object.keys(properties).filter((name) => descriptions[name] !== undefined);
  const allInBody = names.every((name) => properties[name]?.location === undefined);
  const rows = names.flatMap((name) => {
    const shape = properties[name];
    const description = descriptions[name];
    if (shape === undefined || description === undefined) return [];
    const { meaning, default: byDefault } =
      typeof description === 'string' ? { meaning: description, default: '' } : description;
    return [
      [
        `\`${name}\``,
        typeText(shape),
        required.includes(name) ? 'yes' : '',
        shape.location ?? (allInBody ? '' : 'body'),
        constraintsText(shape),
        byDefault,
        meaning,
      ],
    ];
  });
  return table(['Member', 'Type', 'Required', 'In', 'Constraints', 'Default', 'Meaning'], rows);
}
