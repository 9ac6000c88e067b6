const CUTOFF = 0.8;
const MOST = 3;

/** Those of the choices that somebody may have meant, the likeliest first. */
export function closeMatches(word: string, choices: readonly string[]): string[] {
  return choices
    .map((choice) => ({ choice, ratio: similarity(choice, word) }))
    .filter(({ ratio }) => ratio >= CUTOFF)
    .sort((one, other) => other.ratio - one.ratio)
    .slice(0, MOST)
    .map(({ choice }) => choice);
}

/** Of the characters of both, those that both have in the same order: by Ratcliff and Obershelp, as Python's difflib. */
function similarity(one: string, other: string): number {
  return (2 * commonCharacters(one, other)) / (one.length + other.length || 1);
}

function commonCharacters(one: string, other: string): number {
  const { begin, otherBegin, length } = longestCommon(one, other);
  if (length === 0) return 0;
  return (
    length +
    commonCharacters(one.slice(0, begin), other.slice(0, otherBegin)) +
    commonCharacters(one.slice(begin + length), other.slice(otherBegin + length))
  );
}

function longestCommon(one: string, other: string) {
  let best = { begin: 0, otherBegin: 0, length: 0 };
  for (let begin = 0; begin < one.length; begin += 1) {
    for (let otherBegin = 0; otherBegin < other.length; otherBegin += 1) {
      let length = 0;
      while (begin + length < one.length && one[begin + length] === other[otherBegin + length]) length += 1;
      if (length > best.length) best = { begin, otherBegin, length };
    }
  }
  return best;
}
