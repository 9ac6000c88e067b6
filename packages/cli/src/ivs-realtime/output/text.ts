import { pythonText } from '../json/python-text.ts';
import { compareText, type Json, type JsonObject } from '../json/value.ts';

/** The format `text`: a line for each object, its values by the order of their names, with tabs between them. */
export function formatText(value: Json): string {
  return [...lines(value)].map((line) => `${line}\n`).join('');
}

/** @param columns of the list that the object stands in: an absent value is empty there */
function* lines(value: Json, name?: string, columns?: readonly string[]): Iterable<string> {
  if (value instanceof Map) yield* objectLines(value, name, columns);
  else if (Array.isArray(value)) yield* listLines(value, name);
  else yield pythonText(value);
}

function* listLines(items: readonly Json[], name: string | undefined): Iterable<string> {
  const objects = items.filter((item) => item instanceof Map);
  if (objects.length > 0) {
    const columns = new Set(objects.flatMap((object) => [...object.keys()].filter((key) => isScalar(object.get(key)))));
    const sorted = [...columns].sort(compareText);
    for (const item of items) yield* lines(item, name, sorted);
    return;
  }
  const scalars = items.filter(isScalar);
  if (scalars.length > 0 && name === undefined) yield scalars.map(pythonText).join('\t');
  else yield* scalars.map((item) => `${name?.toUpperCase()}\t${pythonText(item)}`);
  for (const item of items) if (Array.isArray(item)) yield* listLines(item, name);
}

function* objectLines(object: JsonObject, name?: string, columns?: readonly string[]): Iterable<string> {
  const names = [...object.keys()].sort(compareText);
  const shown = columns ?? names.filter((each) => isScalar(object.get(each)));
  const cells = shown.map((each) => (object.has(each) ? pythonText(object.get(each) ?? null) : ''));
  if (cells.length > 0) yield (name === undefined ? cells : [name.toUpperCase(), ...cells]).join('\t');
  for (const each of names) if (!shown.includes(each)) yield* lines(object.get(each) ?? null, each);
}

function isScalar(value: Json | undefined): boolean {
  return !Array.isArray(value) && !(value instanceof Map);
}
