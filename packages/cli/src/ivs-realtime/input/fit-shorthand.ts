import type { Shape } from '@proscenium/model';
import { CommandFailure } from '../failure.ts';
import type { Json } from '../json/value.ts';
import { readFloat, readInteger } from './scalar.ts';

/**
 * Gives the texts of shorthand the types that their shapes have: numbers, `true` and `false`, and lists of one. What does
 * not fit is left for the check of the whole request.
 */
export function fitShorthand(shape: Shape, value: Json): Json {
  switch (shape['~kind']) {
    case 'Object':
      if (!(value instanceof Map)) return value;
      return new Map(
        [...value].map(([name, member]) => {
          const memberShape = shape.properties[name];
          return [name, memberShape === undefined ? member : fitShorthand(memberShape, member)];
        }),
      );
    case 'Array': {
      if (!Array.isArray(value)) return [value];
      const { items } = shape;
      return value.map((item) => fitShorthand(items, item));
    }
    case 'Integer':
      return readInteger(scalarText(value, 'int'));
    case 'Number':
      return readFloat(scalarText(value, 'float'));
    case 'Boolean':
      return asBoolean(value);
    default:
      return value;
  }
}

function scalarText(value: Json, type: string): string {
  if (typeof value === 'string') return value;
  const received = Array.isArray(value) ? 'list' : 'dict';
  throw new CommandFailure('General', `${type}() argument must be a string or a real number, not '${received}'`);
}

function asBoolean(value: Json): Json {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : value;
}
