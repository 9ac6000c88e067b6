import type { Shape, StructureShape } from '@proscenium/model';
import { enumerations, type MemberDescription, resources, structures } from '@proscenium/model/descriptions';
import { bullet, paragraph, verbatim } from './page.ts';
import { typeName } from './syntax.ts';

const STEP = 3;

/** What operations and structures are, in the words of the reference. */
export function describeOperation(name: string) {
  const found = resources.flatMap(({ operations }) => operations).find((operation) => operation.name === name);
  if (found === undefined) throw new TypeError(`${name} is described nowhere`);
  return found;
}

export function meaningOf(description: MemberDescription | undefined): string {
  if (description === undefined) return '';
  if (typeof description === 'string') return description;
  return `${description.meaning} Default: ${description.default}.`;
}

/** A tree of the members of a structure, each with its type and its meaning. */
export function memberTree(
  { properties }: StructureShape,
  descriptions: Readonly<Record<string, MemberDescription>>,
  indent: number,
): string[] {
  return Object.entries(properties).flatMap(([name, member]) => {
    const meaning = meaningOf(descriptions[name]);
    return [
      [
        verbatim(`${name} -> (${typeName(member)})`, indent),
        ...(meaning === '' ? [] : [paragraph(meaning, indent + STEP)]),
      ].join('\n'),
      ...shapeTree(member, indent + STEP),
    ];
  });
}

/** What is within a value of the shape. */
export function shapeTree(shape: Shape, indent: number): string[] {
  switch (shape['~kind']) {
    case 'Object':
      return memberTree(shape, structures.find((structure) => structure.shape === shape)?.members ?? {}, indent);
    case 'Array':
      return [verbatim(`(${typeName(shape.items)})`, indent), ...shapeTree(shape.items, indent + STEP)];
    case 'Record':
      return [verbatim('key -> (string)', indent), verbatim('value -> (string)', indent)];
    case 'Enum':
      return possibleValues(shape, indent);
    default:
      return [];
  }
}

function possibleValues(shape: Shape & { enum: string[] }, indent: number): string[] {
  const described = enumerations.find((enumeration) => enumeration.shape === shape)?.values ?? {};
  const values = shape.enum.map((value) => {
    const meaning = described[value];
    return bullet(meaning === undefined ? value : `${value}: ${meaning}`, indent);
  });
  return [verbatim('Possible values:', indent), ...values];
}
