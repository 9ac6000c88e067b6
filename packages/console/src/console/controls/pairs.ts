/** Reads `name=value` lines; a line without a name counts for nothing. */
export function readPairs(text: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const equals = line.indexOf('=');
    const name = (equals === -1 ? line : line.slice(0, equals)).trim();
    return name === '' ? [] : [[name, equals === -1 ? '' : line.slice(equals + 1).trim()] as const];
  });
  return Object.fromEntries(pairs);
}

export function writePairs(pairs: Readonly<Record<string, string>> = {}): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}
