/** Random values for the properties that tests check. */
import fc from 'fast-check';
import { mapValue, type Shape, type StringShape, type StructureShape } from './schema.ts';

/** Another source of values for some shapes: undefined for all others. */
export type Instead = (shape: Shape) => fc.Arbitrary<unknown> | undefined;

/** Values that satisfy the shape; the structures have some of their optional members. */
export function valid(shape: Shape, instead: Instead = () => undefined): fc.Arbitrary<unknown> {
  return instead(shape) ?? validByConstraints(shape, instead);
}

function validByConstraints(shape: Shape, instead: Instead): fc.Arbitrary<unknown> {
  switch (shape['~kind']) {
    case 'Object':
      return validStructure(shape, instead);
    case 'Array':
      return fc.array(valid(shape.items, instead), { minLength: shape.minItems ?? 0, maxLength: shape.maxItems ?? 5 });
    case 'Record':
      return fc.dictionary(
        shape.propertyNames ? validString(shape.propertyNames) : fc.string(),
        valid(mapValue(shape), instead),
        {
          maxKeys: shape.maxProperties ?? 5,
        },
      );
    case 'Enum':
      return fc.constantFrom(...shape.enum);
    case 'String':
      return validString(shape);
    case 'Boolean':
      return fc.boolean();
    case 'Integer':
      return fc.integer({ min: shape.minimum ?? -(2 ** 31), max: shape.maximum ?? 2 ** 31 - 1 });
    case 'Number':
      return fc.double({ min: shape.minimum ?? -1e9, max: shape.maximum ?? 1e9, noNaN: true });
    case 'Timestamp':
      return fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  }
}

function validStructure(
  { properties, required = [] }: StructureShape,
  instead: Instead,
): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.fromEntries(Object.entries(properties).map(([name, shape]) => [name, valid(shape, instead)]));
  return fc.record(members, { requiredKeys: required, noNullPrototype: true });
}

function validString({ pattern, minLength = 0, maxLength = 100 }: StringShape): fc.Arbitrary<string> {
  if (pattern === undefined) return fc.string({ minLength, maxLength, unit: 'binary' });
  // Random repetitions seldom have one exact length, so a fixed length is asked of the repetition itself.
  const source = minLength === maxLength ? pattern.replace('+', `{${minLength - 'st-'.length}}`) : pattern;
  return fc.stringMatching(new RegExp(source)).filter((text) => text.length >= minLength && text.length <= maxLength);
}
