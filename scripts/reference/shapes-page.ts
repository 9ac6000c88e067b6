import type { StructureShape } from '@proscenium/model';
import { enumerations, simpleShapes, structures } from '@proscenium/model/descriptions';
import { constraintsText, typeText } from './shape-text.ts';
import { memberTable, table } from './tables.ts';

/** The page of everything that has a name in requests and responses. */
export function shapesPage(): string {
  return [
    '# Shapes',
    'What requests and responses are made of: [structures](#structures), [enumerations](#enumerations) and ' +
      '[simple shapes](#simple-shapes).',
    '## Structures',
    ...structures.map(({ name, shape, about, members }) =>
      section(name, about, memberTable(shape as StructureShape, members)),
    ),
    '## Enumerations',
    ...enumerations.map(({ name, shape, about, values }) =>
      section(
        name,
        shape.anyCase ? `${about} Requests may write it in any case.` : about,
        table(
          ['Value', 'Meaning'],
          shape.enum.map((value) => [`\`${value}\``, values[value] ?? '']),
        ),
      ),
    ),
    '## Simple shapes',
    table(
      ['Shape', 'Type', 'Constraints', 'Meaning'],
      simpleShapes
        .toSorted((one, other) => (one.name < other.name ? -1 : 1))
        .map(({ name, shape, about }) => [name, typeText(shape), constraintsText(shape), about]),
    ),
  ].join('\n\n');
}

function section(name: string, about: string, members: string): string {
  return `### ${name}\n\n${about}\n\n${members}`;
}
