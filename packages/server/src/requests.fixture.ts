import { type OperationName, operations, type ResourceType, type Shape, type StructureShape } from '@proscenium/model';
import type { ScopeResources } from './scope-resources.fixture.ts';

/** Where in a request a resource is named: names of members and positions in lists. */
export type Place = readonly (string | number)[];
export type NamedResource = { place: Place; type: ResourceType };

/** Every place where a request to the operation can name a resource of this scope, with each kind that it can be. */
export function namedResources(name: OperationName, { arns, rules }: ScopeResources): NamedResource[] {
  return arnPlaces(operations[name].request, rules[name]).flatMap(({ place, shape }) =>
    [...arns].filter(([, arn]) => fits(shape, arn)).map(([type]) => ({ place, type })),
  );
}

/**
 * A request with all that it must have, naming resources of the scope.
 *
 * @param added is put into its place, together with what leads there
 */
export function requestTo(
  name: OperationName,
  { arns, members, rules }: ScopeResources,
  added?: { place: Place; value: unknown },
): object {
  function build(shape: Shape, member: string, given: unknown, place: Place | undefined): unknown {
    if (place?.length === 0) return added?.value;
    const [next, ...rest] = place ?? [];
    switch (shape['~kind']) {
      case 'Object':
        return Object.fromEntries(
          Object.entries(shape.properties).flatMap(([each, inner]) => {
            const known: unknown = given === undefined ? undefined : Reflect.get(given as object, each);
            const wanted = shape.required?.includes(each) || known !== undefined || next === each;
            return wanted ? [[each, build(inner, each, known, next === each ? rest : undefined)]] : [];
          }),
        );
      case 'Array':
        return itemsOf(given).map((item, index) => build(shape.items, member, item, next === index ? rest : undefined));
      default:
        return given ?? members[member] ?? scalar(shape);
    }
  }

  function scalar(shape: Shape): unknown {
    switch (shape['~kind']) {
      case 'Record':
        return { team: 'red' };
      case 'Enum':
        return shape.enum[0];
      case 'Boolean':
        return true;
      case 'Integer':
      case 'Number':
        return shape.minimum ?? 1;
      default:
        return [...arns.values()].find((arn) => fits(shape, arn)) ?? 'some-text';
    }
  }

  return build(operations[name].request, '', rules[name], added?.place) as object;
}

/** @param given what a request must have there: nothing else is put beside it */
function arnPlaces(shape: Shape, given?: unknown, place: Place = []): { place: Place; shape: Shape }[] {
  switch (shape['~kind']) {
    case 'Object':
      return Object.entries((shape as StructureShape).properties).flatMap(([name, member]) => {
        const known: unknown = given === undefined ? undefined : Reflect.get(given as object, name);
        const open = place.length === 0 || given === undefined || known !== undefined;
        return open ? arnPlaces(member, known, [...place, name]) : [];
      });
    case 'Array':
      return itemsOf(given).flatMap((item, index) => arnPlaces(shape.items, item, [...place, index]));
    case 'String':
      return shape.pattern?.includes('arn:aws:ivs:') ? [{ place, shape }] : [];
    default:
      return [];
  }
}

/** A list that nothing is said about has one item. */
function itemsOf(given: unknown): readonly unknown[] {
  return (given as unknown[] | undefined) ?? [undefined];
}

function fits(shape: Shape, arn: string): boolean {
  return shape['~kind'] === 'String' && shape.pattern !== undefined && new RegExp(shape.pattern).test(arn);
}
