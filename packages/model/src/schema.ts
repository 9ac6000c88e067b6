/**
 * Builders for the schemas of this package. A schema is plain JSON Schema whose static type TypeBox derives (`Static`).
 *
 * The builders are our own, because importing TypeBox's costs more start-up time than the rest of the model together;
 * what they build is what TypeBox's would (`schema.test.ts` compares them), so TypeBox itself is only needed for types.
 * The words are those of the Smithy model language: structure, list, map, enumeration, timestamp.
 */
import type {
  TArray,
  TBoolean,
  TEnum,
  TInteger,
  TNumber,
  TObject,
  TOptional,
  TRecord,
  TSchema,
  TString,
  TUnsafe,
} from 'typebox';
import { wholeValue } from './pattern.ts';

/** Where a member travels; without it, in the JSON body. */
export type Location = { location: 'path' } | { location: 'query' } | { location: 'header'; header: string };

interface Common {
  location?: Location['location'];
  /** Name of the HTTP header, for a member whose location is `header`. */
  header?: string;
  /** A secret: never repeated in an error or a log. */
  sensitive?: true;
}

export interface StringShape extends TString, Common {
  /** Length limits count Unicode code points, as JSON Schema does. */
  minLength?: number;
  maxLength?: number;
  /** Regular expression that the whole value must match; `^` and `$` are in it. */
  pattern?: string;
}
export interface EnumerationShape<Values extends string[] = string[]> extends TEnum<Values>, Common {
  type: 'string';
  /** The values are upper-case and a request may write them in any case. */
  anyCase?: true;
}
export interface IntegerShape extends TInteger, Common {
  minimum?: number;
  maximum?: number;
}
export interface FloatShape extends TNumber, Common {
  minimum?: number;
  maximum?: number;
}
export interface BooleanShape extends TBoolean, Common {}
/** A `Date` in the program, an ISO 8601 string on the wire. Only responses have them. */
export interface TimestampShape extends TUnsafe<Date>, Common {
  '~kind': 'Timestamp';
  type: 'string';
  format: 'date-time';
}
export interface ListShape<Item extends TSchema = Shape> extends TArray<Item>, Common {
  minItems?: number;
  maxItems?: number;
}
/** A map from strings to strings, the only kind in this API. */
export interface MapShape extends TRecord<typeof anyKey, StringShape>, Common {
  maxProperties?: number;
  propertyNames?: StringShape;
}
/** Any structure, as code sees it that walks schemas. */
export interface StructureShape extends TSchema, Common {
  '~kind': 'Object';
  type: 'object';
  properties: Record<string, Shape>;
  required?: string[] | undefined;
}
export type Shape =
  | StringShape
  | EnumerationShape
  | IntegerShape
  | FloatShape
  | BooleanShape
  | TimestampShape
  | ListShape
  | MapShape
  | StructureShape;

/** A structure with these required and these optional members. */
export type Structure<Required extends Members, Optional extends Members> = TObject<
  Required & { [Name in keyof Optional]: TOptional<Optional[Name]> }
> &
  Common;
export type Members = Record<string, Shape>;

const anyKey = '^.*$';

/** The kind is hidden from enumeration, so that a schema prints as the JSON Schema that it is. */
function create<Created extends TSchema>(kind: string, keywords: object): Created {
  return Object.defineProperty({ ...keywords }, '~kind', { value: kind }) as Created;
}

type Limits = { min?: number; max?: number };

/** @param rules `min`, `max`: length in Unicode code points; `pattern`: what the whole value must match. */
export function string(rules: Limits & { pattern?: string; sensitive?: true } = {}): StringShape {
  return create('String', {
    type: 'string',
    ...(rules.min === undefined ? {} : { minLength: rules.min }),
    ...(rules.max === undefined ? {} : { maxLength: rules.max }),
    ...(rules.pattern === undefined ? {} : { pattern: wholeValue(rules.pattern) }),
    ...(rules.sensitive ? { sensitive: true } : {}),
  });
}

export function enumeration<const Values extends string[]>(...values: Values): EnumerationShape<Values> {
  return create('Enum', { type: 'string', enum: values });
}

/** The same enumeration, whose upper-case values a request may write in any case. */
export function inAnyCase<Values extends string[]>(shape: EnumerationShape<Values>): EnumerationShape<Values> {
  return create('Enum', { ...shape, anyCase: true });
}

/** A 32-bit signed integer. */
export function integer(limits: Limits = {}): IntegerShape {
  return create('Integer', { type: 'integer', ...range(limits) });
}

export function float(limits: Limits = {}): FloatShape {
  return create('Number', { type: 'number', ...range(limits) });
}

function range({ min, max }: Limits) {
  return { ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) };
}

export function boolean(): BooleanShape {
  return create('Boolean', { type: 'boolean' });
}

export function timestamp(): TimestampShape {
  return create('Timestamp', { type: 'string', format: 'date-time' });
}

/** @param limits `min`, `max`: number of items. */
export function list<Item extends TSchema>(item: Item, limits: Limits = {}): ListShape<Item> {
  return create('Array', {
    type: 'array',
    items: item,
    ...(limits.min === undefined ? {} : { minItems: limits.min }),
    ...(limits.max === undefined ? {} : { maxItems: limits.max }),
  });
}

/** @param rules `max`: number of entries; `key`: what every key must satisfy. */
export function map(value: StringShape, rules: { max?: number; key?: StringShape } = {}): MapShape {
  return create('Record', {
    type: 'object',
    patternProperties: { [anyKey]: value },
    ...(rules.max === undefined ? {} : { maxProperties: rules.max }),
    ...(rules.key === undefined ? {} : { propertyNames: rules.key }),
  });
}

/** The value shape of a map. */
export function mapValue(shape: MapShape): StringShape {
  return shape.patternProperties[anyKey];
}

/**
 * A structure with required members, optional members or both.
 *
 * @param first The members that AWS lists before the others, where those are not the required ones: command lines, answers
 * and pages of the reference keep that order.
 */
export function structure<Required extends Members, Optional extends Members = Record<never, Shape>>(
  required: Required,
  optional?: Optional,
  first: readonly ((keyof Required | keyof Optional) & string)[] = [],
): Structure<Required, Optional> {
  const names = Object.keys(required);
  const members: Members = { ...required, ...optional };
  const leading = Object.fromEntries(first.map((name) => [name, members[name]]));
  return create('Object', {
    type: 'object',
    ...(names.length > 0 ? { required: names } : {}),
    properties: { ...leading, ...members },
  });
}

/** The same shape as a member that travels elsewhere than in the body. */
export function locatedIn<Located extends Shape>(location: Location, shape: Located): Located {
  return create(shape['~kind'], { ...shape, ...location });
}
