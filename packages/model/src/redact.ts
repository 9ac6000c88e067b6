import { mapValue, type Shape } from './schema.ts';
import { formatTimestamp } from './timestamp.ts';

/** What stands for a secret. */
export const redacted = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/**
 * What may be logged of a value of this shape: a copy as JSON has it, with the known members only and with every
 * sensitive one hidden.
 */
export function redact(shape: Shape, value: unknown): unknown {
  if (shape.sensitive) return redacted;
  switch (shape['~kind']) {
    case 'Object':
      return redactEntries(Object.entries(shape.properties), value as object);
    case 'Array':
      return (value as unknown[]).map((item) => redact(shape.items, item));
    case 'Record':
      return redactEntries(
        Object.keys(value as object).map((key) => [key, mapValue(shape)]),
        value as object,
      );
    case 'Timestamp':
      return formatTimestamp(value as Date);
    default:
      return value;
  }
}

function redactEntries(shapes: readonly (readonly [name: string, shape: Shape])[], value: object): object {
  const entries = shapes.map(([name, shape]) => [name, shape, Reflect.get(value, name)] as const);
  const present = entries.filter(([, , held]) => held !== undefined && held !== null);
  return Object.fromEntries(present.map(([name, shape, held]) => [name, redact(shape, held)]));
}
