/** What stands between the fences of a page, by language. */
export function codeBlocks(markdown: string): Map<string, string[]> {
  const blocks = new Map<string, string[]>();
  for (const [, language = '', text = ''] of markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    blocks.set(language, [...(blocks.get(language) ?? []), text]);
  }
  return blocks;
}
