import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import {
  boolean,
  enumeration,
  float,
  inAnyCase,
  integer,
  list,
  locatedIn,
  map,
  string,
  structure,
  timestamp,
} from './schema.ts';

test('the builders make what TypeBox makes', () => {
  const text = Type.String({ minLength: 1, maxLength: 3, pattern: '^(?:[a-z]*)$' });
  assert.deepEqual(json(string({ min: 1, max: 3, pattern: '[a-z]*' })), json(text));
  assert.deepEqual(json(enumeration('A', 'B')), json(Type.Enum(['A', 'B'], { type: 'string' })));
  assert.deepEqual(json(integer({ min: 0, max: 9 })), json(Type.Integer({ minimum: 0, maximum: 9 })));
  assert.deepEqual(json(float({ min: 1 })), json(Type.Number({ minimum: 1 })));
  assert.deepEqual(json(boolean()), json(Type.Boolean()));
  assert.deepEqual(json(timestamp()), json(Type.String({ format: 'date-time' })));
  assert.deepEqual(
    json(list(boolean(), { min: 1, max: 2 })),
    json(Type.Array(Type.Boolean(), { minItems: 1, maxItems: 2 })),
  );
  assert.deepEqual(
    json(map(string({ max: 5 }), { max: 50, key: string({ min: 1 }) })),
    json(
      Type.Record(Type.String(), Type.String({ maxLength: 5 }), {
        maxProperties: 50,
        propertyNames: Type.String({ minLength: 1 }),
      }),
    ),
  );
  assert.deepEqual(
    json(structure({ a: boolean() }, { b: integer() })),
    json(Type.Object({ a: Type.Boolean(), b: Type.Optional(Type.Integer()) })),
  );
  assert.deepEqual(json(structure({}, { b: integer() })), json(Type.Object({ b: Type.Optional(Type.Integer()) })));
});

test('a structure lists some members first where it is told so', () => {
  const shape = structure({ a: boolean(), b: boolean() }, { c: boolean(), d: boolean() }, ['a', 'c']);
  assert.deepEqual(Object.keys(shape.properties), ['a', 'c', 'b', 'd']);
  assert.deepEqual(shape.required, ['a', 'b']);
});

test('the builders hide the same kind as TypeBox does', () => {
  assert.equal(string()['~kind'], Type.String()['~kind']);
  assert.equal(enumeration('A')['~kind'], Type.Enum(['A'])['~kind']);
  assert.equal(integer()['~kind'], Type.Integer()['~kind']);
  assert.equal(float()['~kind'], Type.Number()['~kind']);
  assert.equal(boolean()['~kind'], Type.Boolean()['~kind']);
  assert.equal(list(boolean())['~kind'], Type.Array(Type.Boolean())['~kind']);
  assert.equal(map(string())['~kind'], Type.Record(Type.String(), Type.String())['~kind']);
  assert.equal(structure({})['~kind'], Type.Object({})['~kind']);
  assert.deepEqual(Object.keys(boolean()), ['type']);
});

test('a located or case-blind shape keeps everything else of the shape', () => {
  const header = locatedIn({ location: 'header', header: 'Cache-Control' }, string({ max: 3 }));
  assert.deepEqual(json(header), { type: 'string', maxLength: 3, location: 'header', header: 'Cache-Control' });
  assert.equal(header['~kind'], 'String');
  assert.deepEqual(json(inAnyCase(enumeration('A'))), { type: 'string', enum: ['A'], anyCase: true });
});

function json(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema));
}
