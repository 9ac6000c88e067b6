import { ValidationException } from './errors.ts';

/** Most tags that one resource may carry. */
export const maximumTags = 50;

const reservedPrefix = 'aws:';

/**
 * Checks what the shapes leave open, so give it the tags that a resource would have in the end. Reserved is the prefix
 * in any case, as everywhere in AWS.
 * @throws ValidationException for too many tags or a reserved key.
 */
export function checkTags(tags: Record<string, string>): void {
  const keys = Object.keys(tags);
  if (keys.length > maximumTags) {
    throw new ValidationException(`A resource can have at most ${maximumTags} tags, not ${keys.length}`);
  }
  if (keys.some((key) => key.toLowerCase().startsWith(reservedPrefix))) {
    throw new ValidationException(`Tag keys must not start with ${reservedPrefix}`);
  }
}
