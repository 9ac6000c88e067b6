/**
 * The service's patterns speak about the whole value, JSON Schema's about any part of it. Schemas therefore hold them
 * anchored; messages show them as the service publishes them.
 */
const opening = '^(?:';
const closing = ')$';

export function wholeValue(pattern: string): string {
  return opening + pattern + closing;
}

/** The published form of a pattern that `wholeValue` made. */
export function publishedPattern(pattern: string): string {
  return pattern.slice(opening.length, -closing.length);
}
