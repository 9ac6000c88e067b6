import { PolicyError } from './policy.ts';

export type Element = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text or a list of texts, at least one. */
export function readTexts(value: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((each) => typeof each === 'string');
  if (list.length === 0 || texts.length < list.length)
    throw new PolicyError(`${where}: must be a text or a list of texts`);
  const variable = texts.find((text) => text.includes('${'));
  if (variable !== undefined) throw new PolicyError(`${where}: '${variable}': variables are not supported`);
  return texts;
}
