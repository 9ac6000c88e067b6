import { pythonType } from '../json/python-text.ts';
import { compareText, equals, isNumber, type Json, type JsonObject, toNumber } from '../json/value.ts';
import { QueryError } from './query-error.ts';

/** `&expression`, which functions apply to the items of a list. */
export class Reference {
  readonly evaluate: (value: Json) => Json;

  constructor(evaluate: (value: Json) => Json) {
    this.evaluate = evaluate;
  }
}

/** A part of an expression, as what it makes of a value. */
export interface Node {
  /** A name, which may be that of a function, and an index, which a further one continues. */
  readonly kind: 'field' | 'indexed' | 'slice' | 'other';
  readonly name?: string;
  evaluate(value: Json): Json;
  /** Only for an argument of a function. */
  readonly reference?: Reference;
}

export function node(evaluate: (value: Json) => Json, kind: Node['kind'] = 'other'): Node {
  return { kind, evaluate };
}

export const identity = node((value) => value);

export function field(name: string): Node {
  return { kind: 'field', name, evaluate: (value) => (value instanceof Map ? (value.get(name) ?? null) : null) };
}

export function chain(left: Node, right: Node, kind: Node['kind'] = 'other'): Node {
  return node((value) => right.evaluate(left.evaluate(value)), kind);
}

export function index(position: number): Node {
  return node((value) => (Array.isArray(value) ? (value.at(position) ?? null) : null), 'indexed');
}

/** The bounds and the step as Python's slices have them. */
export function slice(start: number | null, stop: number | null, step: number | null): Node {
  const by = step ?? 1;
  return node((value) => {
    if (!Array.isArray(value)) return null;
    if (by === 0) throw new QueryError('slice step cannot be zero');
    const lowest = by > 0 ? 0 : -1;
    const highest = by > 0 ? value.length : value.length - 1;
    const bound = (given: number | null, otherwise: number) =>
      given === null ? otherwise : Math.min(highest, Math.max(lowest, given < 0 ? given + value.length : given));
    const from = bound(start, by > 0 ? lowest : highest);
    const to = bound(stop, by > 0 ? highest : lowest);
    const items: Json[] = [];
    for (let at = from; by > 0 ? at < to : at > to; at += by) items.push(value[at] ?? null);
    return items;
  }, 'slice');
}

/** What `right` makes of each item, without what it makes nothing of. */
export function projection(left: Node, right: Node): Node {
  return node((value) => {
    const base = left.evaluate(value);
    return Array.isArray(base) ? project(base, right) : null;
  });
}

export function valueProjection(left: Node, right: Node): Node {
  return node((value) => {
    const base = left.evaluate(value);
    return base instanceof Map ? project([...base.values()], right) : null;
  });
}

export function filterProjection(left: Node, condition: Node, right: Node): Node {
  return node((value) => {
    const base = left.evaluate(value);
    if (!Array.isArray(base)) return null;
    return project(
      base.filter((item) => isTrue(condition.evaluate(item))),
      right,
    );
  });
}

function project(items: readonly Json[], right: Node): Json[] {
  return items.map((item) => right.evaluate(item)).filter((item) => item !== null);
}

export function flatten(left: Node): Node {
  return node((value) => {
    const base = left.evaluate(value);
    return Array.isArray(base) ? base.flat(1) : null;
  });
}

export function multiSelectList(items: readonly Node[]): Node {
  return node((value) => (value === null ? null : items.map((item) => item.evaluate(value))));
}

export function multiSelectHash(members: readonly (readonly [string, Node])[]): Node {
  return node((value) => {
    if (value === null) return null;
    const selected: JsonObject = new Map();
    for (const [name, member] of members) selected.set(name, member.evaluate(value));
    return selected;
  });
}

export function either(left: Node, right: Node): Node {
  return node((value) => {
    const first = left.evaluate(value);
    return isTrue(first) ? first : right.evaluate(value);
  });
}

export function both(left: Node, right: Node): Node {
  return node((value) => {
    const first = left.evaluate(value);
    return isTrue(first) ? right.evaluate(value) : first;
  });
}

export function not(operand: Node): Node {
  return node((value) => !isTrue(operand.evaluate(value)));
}

export type Comparison = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte';

export function compare(comparison: Comparison, left: Node, right: Node): Node {
  return node((value) => {
    const one = left.evaluate(value);
    const other = right.evaluate(value);
    if (comparison === 'eq') return equals(one, other);
    if (comparison === 'ne') return !equals(one, other);
    if (!isOrdered(one) || !isOrdered(other)) return null;
    return ORDERS[comparison].holds(order(one, other, ORDERS[comparison].sign));
  });
}

const ORDERS = {
  lt: { sign: '<', holds: (difference: number) => difference < 0 },
  lte: { sign: '<=', holds: (difference: number) => difference <= 0 },
  gt: { sign: '>', holds: (difference: number) => difference > 0 },
  gte: { sign: '>=', holds: (difference: number) => difference >= 0 },
};

function isOrdered(value: Json): boolean {
  return isNumber(value) || typeof value === 'string';
}

/** @throws QueryError for a number and a text */
export function order(one: Json, other: Json, sign = '<'): number {
  if (isNumber(one) && isNumber(other)) return toNumber(one) - toNumber(other);
  if (typeof one === 'string' && typeof other === 'string') return compareText(one, other);
  throw new QueryError(`'${sign}' not supported between instances of '${pythonType(one)}' and '${pythonType(other)}'`);
}

/** Empty lists, objects and texts, false and null are not. Numbers are, zero too. */
function isTrue(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return value !== null && value !== false && value !== '';
}
