import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as model from '../index.ts';
import type { Operation } from '../operation.ts';
import { type OperationName, operationNames, operations, type ResponseOf } from '../operations.ts';
import { readRequest } from '../request.ts';
import { writeResponse } from '../response.ts';
import { responseFaults } from '../response-faults.ts';
import type { Shape } from '../schema.ts';
import { enumerations, errors, type MemberDescription, resources, simpleShapes, structures } from './index.ts';

const described = resources.flatMap(({ operations: of }) => of);

describe('A description', () => {
  test('is there once for every operation', () => {
    assert.deepEqual(described.map(({ name }) => name).sort(), [...operationNames].sort());
  });

  test('is there for every member of requests and of responses in the body, and for no other', () => {
    for (const { name, request, response } of described) {
      const { request: asked, response: answered }: Operation = operations[name];
      const inBody = Object.keys(answered.properties).filter((member) => !answered.properties[member]?.location);
      assert.deepEqual(Object.keys(request).sort(), Object.keys(asked.properties).sort(), name);
      assert.deepEqual(Object.keys(response).sort(), inBody.sort(), name);
    }
  });

  test('is there for every structure and enumeration that an operation has somewhere, with all it holds', () => {
    const shapes = new Set(operationNames.flatMap((name) => [...shapesIn(operations[name])]));
    for (const shape of shapes) {
      if (shape['~kind'] === 'Enum') {
        const { values } = enumerations.find((each) => each.shape === shape) ?? assert.fail(shape.enum.join());
        assert.deepEqual(Object.keys(values).sort(), shape.enum.toSorted());
      } else if (shape['~kind'] === 'Object') {
        const members = Object.keys(shape.properties);
        const { members: told } = structures.find((each) => each.shape === shape) ?? assert.fail(members.join());
        assert.deepEqual(Object.keys(told).sort(), members.sort());
      }
    }
  });

  test('is there for everything that the package exports as a shape, under its name', () => {
    const all = [...structures, ...enumerations, ...simpleShapes];
    const exported = Object.entries(model).filter(([, value]) => isShape(value));
    assert.deepEqual(exported.map(([name]) => name).sort(), all.map(({ name }) => name).sort());
    for (const { name, shape } of all) assert.equal(Reflect.get(model, name), shape, name);
  });

  test('is made of sentences', () => {
    const texts = [
      ...resources.map(({ about }) => about),
      ...described.flatMap(({ summary, notes, request, response }) => [
        summary,
        ...notes,
        ...meanings(request),
        ...meanings(response),
      ]),
      ...structures.flatMap(({ about, members }) => [about, ...meanings(members)]),
      ...enumerations.flatMap(({ about, values }) => [about, ...Object.values(values)]),
      ...simpleShapes.map(({ about }) => about),
      ...Object.values(errors),
    ];
    for (const text of texts) assert.match(text, /^[A-Z`0-9](?!.*( {2}|\n)).*[.]$/, text);
  });
});

describe('An example', () => {
  for (const { name, example } of described) {
    test(`of ${name} is a good request with a good answer`, () => {
      const request: object = readRequest(name, example.request);
      assert.deepEqual(JSON.parse(JSON.stringify(request)), example.request);
      const { body } = writeResponse(name, example.response as ResponseOf<OperationName>);
      assert.deepEqual(responseFaults(name, body && JSON.parse(body)), []);
    });
  }
});

function* shapesIn({ request, response }: Operation): Iterable<Shape> {
  for (const structure of [request, response]) {
    for (const member of Object.values(structure.properties)) yield* within(member);
  }
}

function* within(shape: Shape): Iterable<Shape> {
  yield shape;
  if (shape['~kind'] === 'Array') yield* within(shape.items);
  if (shape['~kind'] === 'Object') {
    for (const member of Object.values<Shape>(shape.properties)) yield* within(member);
  }
}

function isShape(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '~kind' in value;
}

function meanings(members: Readonly<Record<string, MemberDescription>>): string[] {
  return Object.values(members).map((member) => (typeof member === 'string' ? member : member.meaning));
}
