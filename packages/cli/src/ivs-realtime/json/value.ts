/**
 * What JSON holds, as Python tells it apart: 30 is another number than 30.0, and members keep their order. Members of a Map
 * have any name without harm.
 */
export type Json = null | boolean | number | Float | string | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

/** A number that was written with a fraction or an exponent. A plain number is a whole one. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export function isNumber(value: unknown): value is number | Float {
  return typeof value === 'number' || value instanceof Float;
}

export function toNumber(value: number | Float): number {
  return typeof value === 'number' ? value : value.value;
}

/** Strings are in the order of their code points, which is not that of UTF-16 beyond the first 65,536. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  const others = other[Symbol.iterator]();
  for (const character of one) {
    const { value, done } = others.next();
    if (done) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (value.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return -1;
}

export function equals(one: Json, other: Json): boolean {
  if (isNumber(one)) return isNumber(other) && toNumber(one) === toNumber(other);
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => equals(item, other[index] ?? null))
    );
  }
  if (one instanceof Map) {
    return (
      other instanceof Map &&
      one.size === other.size &&
      [...one].every(([name, member]) => other.has(name) && equals(member, other.get(name) ?? null))
    );
  }
  return one === other;
}
