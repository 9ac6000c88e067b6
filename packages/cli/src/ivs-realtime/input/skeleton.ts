import type { Shape } from '@proscenium/model';
import { Float, type Json } from '../json/value.ts';

/** An empty value of the shape, with one item in each list, to be filled in: the first of the values where they are few. */
export function inputSkeleton(shape: Shape): Json {
  switch (shape['~kind']) {
    case 'Object':
      return new Map(Object.entries(shape.properties).map(([name, member]) => [name, inputSkeleton(member)]));
    case 'Array':
      return [inputSkeleton(shape.items)];
    case 'Enum':
      return shape.enum[0] ?? '';
    default:
      return emptyValue(shape);
  }
}

/**
 * A value as an answer may have it: texts are the names of their members, those in lists the names of their shapes.
 *
 * @param shapeNames of the shapes that lists have
 */
export function outputSkeleton(shape: Shape, shapeNames: ReadonlyMap<object, string>, name = ''): Json {
  switch (shape['~kind']) {
    case 'Object':
      return new Map(
        Object.entries(shape.properties).map(([member, memberShape]) => [
          member,
          outputSkeleton(memberShape, shapeNames, member),
        ]),
      );
    case 'Array':
      return [outputSkeleton(shape.items, shapeNames, shapeNames.get(shape.items) ?? 'String')];
    case 'Enum':
    case 'String':
      return name;
    default:
      return emptyValue(shape);
  }
}

function emptyValue(shape: Shape): Json {
  switch (shape['~kind']) {
    case 'Record':
      return new Map([['KeyName', '']]);
    case 'Integer':
      return 0;
    case 'Number':
      return new Float(0);
    case 'Boolean':
      return true;
    case 'Timestamp':
      return '1970-01-01T00:00:00';
    default:
      return '';
  }
}
