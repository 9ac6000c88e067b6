/** The first sentence of a docstring, in one line. What goes on in small letters was an abbreviation. */
export function firstSentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return /^.*?[.!?](?= [^a-z]|$)/.exec(line)?.[0] ?? line;
}
