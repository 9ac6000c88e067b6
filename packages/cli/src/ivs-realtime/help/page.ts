const WIDTH_COLUMNS = 79;
const INDENT = 7;

/** A manual page as plain text: a title at both ends of the first line, then sections. */
export function page(
  title: string,
  sections: readonly (readonly [heading: string, blocks: readonly string[]])[],
): string {
  const name = `${title.toUpperCase()}()`;
  const head = `${name}${name.padStart(Math.max(name.length + 2, WIDTH_COLUMNS - name.length))}`;
  const body = sections
    .filter(([, blocks]) => blocks.length > 0)
    .map(([heading, blocks]) => `${heading}\n${blocks.join('\n\n')}`);
  return `${[head, ...body].join('\n\n')}\n`;
}

/** A paragraph, with its lines filled. Marks of Markdown are left out. */
export function paragraph(text: string, indent = INDENT): string {
  const room = WIDTH_COLUMNS - indent;
  const lines: string[] = [];
  let line = '';
  for (const word of plain(text).split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each).join('\n');
}

/** Text that keeps its lines. */
export function verbatim(text: string, indent = INDENT): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(indent) + line))
    .join('\n');
}

export function bullet(text: string, indent = INDENT): string {
  const lines = paragraph(text, indent + 2);
  return `${' '.repeat(indent)}o ${lines.trimStart()}`;
}

function plain(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim();
}
