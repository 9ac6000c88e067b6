import type { Shape } from './schema.ts';

/** Most that a message repeats of a refused value, in Unicode code points. */
const maximumEcho = 64;

/**
 * One violated constraint in the words of AWS services.
 *
 * Paths are AWS's too: members are joined by dots, and a structure in a list is `<list>.<position from 1>.member`, as in
 * `participantTokenConfigurations.1.member.duration`. The members of a list of strings and the entries of a map have no
 * paths of their own: the message names the list or the map.
 */
export function violation(path: string, shape: Shape, value: unknown, constraint: string): string {
  const echo = repeatable(shape) ? ` '${shorten(print(value))}'` : '';
  return `Value${echo} at '${path}' failed to satisfy constraint: ${constraint}`;
}

export function missing(path: string): string {
  return `Value null at '${path}' failed to satisfy constraint: Member must not be null`;
}

/** Secrets are never repeated; structures would say little and may hold secrets. */
function repeatable(shape: Shape): boolean {
  switch (shape['~kind']) {
    case 'Object':
      return false;
    case 'Array':
      return !shape.sensitive && repeatable(shape.items);
    default:
      return !shape.sensitive;
  }
}

/** Lists as `[a, b]`, maps as `{key=value}`: the service prints them as Java does. */
function print(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, held]) => `${key}=${held}`)
    .join(', ')}}`;
}

function shorten(text: string): string {
  if (text.length <= maximumEcho) return text;
  // A code point takes two units at most, so this holds enough of them without taking a huge text apart.
  const beginning = [...text.slice(0, 2 * maximumEcho + 1)];
  return beginning.length > maximumEcho ? `${beginning.slice(0, maximumEcho).join('')}…` : text;
}
