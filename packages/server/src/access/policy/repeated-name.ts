const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * The first name that an object of a JSON text has twice: of two members with one name, parsers keep the last one and say
 * nothing.
 *
 * @param json a valid text
 */
export function findRepeatedName(json: string): string | undefined {
  /** Names of the objects around; undefined for a list. */
  const around: (Set<string> | undefined)[] = [];
  let lastText: string | undefined;
  for (const [token] of json.matchAll(tokens)) {
    if (token === '{') around.push(new Set());
    else if (token === '[') around.push(undefined);
    else if (token === '}' || token === ']') around.pop();
    else if (token === ':' && lastText !== undefined) {
      const name: string = JSON.parse(lastText);
      const names = around.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
    lastText = token.startsWith('"') ? token : undefined;
  }
  return undefined;
}
