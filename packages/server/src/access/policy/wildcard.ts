/**
 * Whether a text is one that a pattern stands for: `*` for any characters or none, `?` for one. It takes no longer than the
 * product of both lengths, whatever the pattern.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let next = 0;
  /** After the last `*`, and what it has not taken yet. */
  let retryPattern = -1;
  let retryText = 0;
  while (at < text.length) {
    const wanted = pattern[next];
    if (wanted === '*') {
      next += 1;
      retryPattern = next;
      retryText = at;
    } else if (wanted === '?' || wanted === text[at]) {
      next += 1;
      at += 1;
    } else if (retryPattern === -1) {
      return false;
    } else {
      retryText += 1;
      at = retryText;
      next = retryPattern;
    }
  }
  while (pattern[next] === '*') next += 1;
  return next === pattern.length;
}
