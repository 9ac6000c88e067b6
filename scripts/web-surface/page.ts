import { type ExportKind, exportKinds, type Surface, type SurfaceExport, type SurfaceMember } from './surface.ts';

const titles: Readonly<Record<ExportKind, string>> = {
  class: 'Classes',
  enumeration: 'Enumerations',
  constant: 'Constants',
  type: 'Types',
};

/** docs/web-client-reference.md. */
export function surfacePage(
  surface: Surface,
  later: Readonly<Record<string, string>>,
  notOffered: Readonly<Record<string, string>>,
): string {
  const sections = exportKinds.map((kind) => [
    `## ${titles[kind]}`,
    ...surface
      .filter((each) => each.kind === kind)
      .toSorted((one, other) => one.name.localeCompare(other.name, 'en'))
      .map(describeExport),
  ]);
  return `${[
    '# Web client reference',
    'Everything that the web client exports, by its own type declarations. [Web client](web-client.md) tells how to use it, and what was decided where the public documentation of the SDK with which it is compatible leaves something open.',
    ...sections.flat(),
    '## Not there',
    table(
      ['Name', 'Belongs to'],
      [
        ...Object.entries(later).map(([name, reason]) => [`\`${name}\``, `${reason}: to come`]),
        ...Object.entries(notOffered).map(([name, reason]) => [`\`${name}\``, `${reason}: not planned`]),
      ],
    ),
  ].join('\n\n')}\n`;
}

function describeExport({ name, summary, type, members, deprecated, kind }: SurfaceExport): string {
  const column = kind === 'enumeration' ? 'Value' : 'Type';
  return [
    `### ${name}`,
    ...describe({ summary, deprecated }),
    ...(type === undefined ? [] : [`\`${type}\``]),
    ...(members.length === 0 ? [] : [table(['Member', column, 'Meaning'], members.map(describeMember))]),
  ].join('\n\n');
}

function describeMember({ name, type, summary, deprecated }: SurfaceMember): string[] {
  return [`\`${name}\``, `\`${type}\``, describe({ summary, deprecated }).join(' ')];
}

function describe({ summary, deprecated }: Pick<SurfaceMember, 'summary' | 'deprecated'>): string[] {
  return [...(deprecated ? ['Deprecated.'] : []), ...(summary ? [summary] : [])];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
