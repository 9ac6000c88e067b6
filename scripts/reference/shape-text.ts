import type { Shape, StringShape } from '@proscenium/model';
import { enumerations, mapValue, publishedPattern, structures } from '@proscenium/model/descriptions';

/** The pages on which shapes are described, by what a link names. */
const named = new Map<object, string>([...structures, ...enumerations].map(({ name, shape }) => [shape, name]));

/** What kind of value it is, with a link where more is told of it. */
export function typeText(shape: Shape): string {
  const name = named.get(shape);
  if (name !== undefined) return link(name, 'shapes');
  switch (shape['~kind']) {
    case 'Array':
      return `list of ${plural(shape.items)}`;
    case 'Record':
      return 'map of strings';
    case 'Timestamp':
      return 'timestamp';
    case 'Number':
      return 'number';
    case 'String':
      return shape.sensitive ? 'string, secret' : 'string';
    case 'Integer':
      return 'integer';
    case 'Boolean':
      return 'boolean';
    default:
      throw new Error(`${shape['~kind']} without a description`);
  }
}

function plural(item: Shape): string {
  return named.has(item) ? typeText(item) : `${typeText(item)}s`;
}

export function link(name: string, page: string): string {
  return `[${name}](${page}.md#${name.toLowerCase()})`;
}

/** What a value must satisfy; empty when any of its type will do. */
export function constraintsText(shape: Shape): string {
  return constraints(shape).join('; ');
}

function constraints(shape: Shape): string[] {
  switch (shape['~kind']) {
    case 'String':
      return [...lengths(shape), ...(shape.pattern === undefined ? [] : [`\`${publishedPattern(shape.pattern)}\``])];
    case 'Integer':
    case 'Number':
      return range(shape.minimum, shape.maximum);
    case 'Array':
      return [
        ...range(shape.minItems, shape.maxItems).map((text) => `${text} ${shape.maxItems === 1 ? 'item' : 'items'}`),
        ...constraints(shape.items).map((text) => `each: ${text}`),
      ];
    case 'Record':
      return [
        ...range(undefined, shape.maxProperties).map((text) => `${text} entries`),
        ...(shape.propertyNames === undefined ? [] : lengths(shape.propertyNames).map((text) => `names: ${text}`)),
        ...lengths(mapValue(shape)).map((text) => `values: ${text}`),
      ];
    default:
      return [];
  }
}

function lengths({ minLength, maxLength }: StringShape): string[] {
  return range(minLength, maxLength).map((text) => `${text} characters`);
}

function range(minimum: number | undefined, maximum: number | undefined): string[] {
  if (minimum === undefined && maximum === undefined) return [];
  if (maximum === undefined) return [`at least ${minimum}`];
  if (minimum === undefined) return [`at most ${maximum}`];
  return [minimum === maximum ? `exactly ${minimum}` : `${minimum} to ${maximum}`];
}
