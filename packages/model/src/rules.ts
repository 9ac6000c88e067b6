import { publishedPattern } from './pattern.ts';
import {
  type EnumerationShape,
  type FloatShape,
  type IntegerShape,
  type ListShape,
  type MapShape,
  mapValue,
  type Shape,
  type StringShape,
} from './schema.ts';

/** One constraint of a shape, in the words in which AWS services name it. The value has the right JSON type already. */
export interface Rule {
  text: string;
  holds(value: unknown): boolean;
}

const known = new WeakMap<object, readonly Rule[]>();

/** The constraints of a shape, apart from those of a structure's members and a list's structures. */
export function rulesOf(shape: Shape): readonly Rule[] {
  let rules = known.get(shape);
  if (rules === undefined) {
    rules = [...makeRules(shape)];
    known.set(shape, rules);
  }
  return rules;
}

function makeRules(shape: Shape): Iterable<Rule> {
  switch (shape['~kind']) {
    case 'String':
      return stringRules(shape);
    case 'Enum':
      return enumerationRules(shape);
    case 'Integer':
    case 'Number':
      return numberRules(shape);
    case 'Array':
      return listRules(shape);
    case 'Record':
      return mapRules(shape);
    default:
      return [];
  }
}

function* stringRules({ minLength, maxLength, pattern }: StringShape): Iterable<Rule> {
  yield* lengthRules(minLength, maxLength, (value) => codePoints(value as string));
  if (pattern !== undefined) {
    const expression = new RegExp(pattern);
    yield {
      text: `Member must satisfy regular expression pattern: ${publishedPattern(pattern)}`,
      holds: (value) => expression.test(value as string),
    };
  }
}

function* enumerationRules({ enum: values }: EnumerationShape): Iterable<Rule> {
  yield {
    text: `Member must satisfy enum value set: [${values.join(', ')}]`,
    holds: (value) => values.includes(value as string),
  };
}

function* numberRules({ minimum, maximum }: IntegerShape | FloatShape): Iterable<Rule> {
  if (maximum !== undefined) {
    yield {
      text: `Member must have value less than or equal to ${maximum}`,
      holds: (value) => (value as number) <= maximum,
    };
  }
  if (minimum !== undefined) {
    yield {
      text: `Member must have value greater than or equal to ${minimum}`,
      holds: (value) => (value as number) >= minimum,
    };
  }
}

function* listRules({ minItems, maxItems, items }: ListShape): Iterable<Rule> {
  yield* lengthRules(minItems, maxItems, (value) => (value as unknown[]).length);
  yield* rulesOfAll('Member', rulesOf(items), (value) => value as unknown[]);
}

function* mapRules(shape: MapShape): Iterable<Rule> {
  yield* lengthRules(undefined, shape.maxProperties, (value) => Object.keys(value as object).length);
  if (shape.propertyNames)
    yield* rulesOfAll('Map keys', rulesOf(shape.propertyNames), (value) => Object.keys(value as object));
  yield* rulesOfAll('Map value', rulesOf(mapValue(shape)), (value) => Object.values(value as object));
}

/** AWS tells one time for a whole list or map which rules its members have, however many break which. */
function* rulesOfAll(who: string, rules: readonly Rule[], members: (value: unknown) => unknown[]): Iterable<Rule> {
  if (rules.length === 0) return;
  yield {
    text: `${who} must satisfy constraint: [${rules.map(({ text }) => text).join(', ')}]`,
    holds: (value) => members(value).every((member) => rules.every((rule) => rule.holds(member))),
  };
}

function* lengthRules(
  minimum: number | undefined,
  maximum: number | undefined,
  length: (value: unknown) => number,
): Iterable<Rule> {
  if (maximum !== undefined) {
    yield {
      text: `Member must have length less than or equal to ${maximum}`,
      holds: (value) => length(value) <= maximum,
    };
  }
  if (minimum !== undefined) {
    yield {
      text: `Member must have length greater than or equal to ${minimum}`,
      holds: (value) => length(value) >= minimum,
    };
  }
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
