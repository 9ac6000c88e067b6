import type { Operation, Shape, StructureShape } from '@proscenium/model';
import { type MemberDescription, resources, structures } from '@proscenium/model/descriptions';
import { writeJson } from '../json/write-json.ts';
import { inputSkeleton } from './skeleton.ts';

/** The skeleton of a request in YAML, with what each member is for beside it. */
export function yamlSkeleton({ name, request }: Operation): string {
  const described = resources.flatMap(({ operations }) => operations).find((operation) => operation.name === name);
  const lines = [...memberLines(request, described?.request ?? {}, '')];
  return lines.length === 0 ? '{}\n' : lines.map((line) => `${line}\n`).join('');
}

type Descriptions = Readonly<Record<string, MemberDescription>>;

function* memberLines(shape: StructureShape, descriptions: Descriptions, indent: string): Iterable<string> {
  for (const [name, member] of Object.entries(shape.properties)) {
    const { first, rest } = valueLines(member, indent);
    const comment = commentOn(member, descriptions[name], shape.required?.includes(name) ?? false);
    yield `${indent}${name}:${first === '' ? '' : ` ${first}`}${comment === '' ? '' : `  # ${comment}`}`;
    yield* rest;
  }
}

/** What stands behind the name, and what stands below it. */
function valueLines(shape: Shape, indent: string): { first: string; rest: readonly string[] } {
  switch (shape['~kind']) {
    case 'Object':
      return { first: '', rest: [...memberLines(shape, descriptionsOf(shape), `${indent}  `)] };
    case 'Record':
      return { first: '', rest: [`${indent}  KeyName: ''`] };
    case 'Array': {
      const { first, rest } = valueLines(shape.items, indent);
      const lines = first === '' ? rest : [`${indent}  ${first}`];
      return { first: '', rest: lines.map((line, index) => (index === 0 ? `${indent}- ${line.trimStart()}` : line)) };
    }
    default: {
      const value = inputSkeleton(shape);
      return { first: value === '' ? "''" : typeof value === 'string' ? value : writeJson(value), rest: [] };
    }
  }
}

function descriptionsOf(shape: StructureShape): Descriptions {
  return structures.find((structure) => structure.shape === shape)?.members ?? {};
}

function commentOn(shape: Shape, description: MemberDescription | undefined, required: boolean): string {
  const meaning = typeof description === 'string' ? description : (description?.meaning ?? '');
  return [
    required ? '[REQUIRED]' : '',
    meaning.replaceAll('`', ''),
    shape['~kind'] === 'Enum' ? `Valid values are: ${shape.enum.join(', ')}.` : '',
  ]
    .filter((text) => text !== '')
    .join(' ');
}
