import { type Block, looksLikeInstruction, readInstructions } from './block.ts';

/** A page of the documentation, as far as it can be run. */
export interface Page {
  /** Its path in the repository. */
  name: string;
  blocks: Block[];
}

const openingFence = /^(?<indent>\s*)(?<fence>`{3,}|~{3,})\s*(?<language>[^\s`]*)[^`]*$/;
const quotedFence = /^\s*>[\s>]*(```|~~~)/;

/** What is read last: comments that are directly before the next line. */
interface Before {
  comments: string[];
  line: number;
}

/**
 * Reads the fenced blocks of Markdown, those in lists too.
 *
 * @throws with page and line, where a block or an instruction cannot be read
 */
export function readPage(name: string, markdown: string): Page {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  let before: Before = { comments: [], line: 0 };
  const misplaced = () => {
    const comment = before.comments.find(looksLikeInstruction);
    if (comment !== undefined) throw new Error(`${name}:${before.line}: no block is right after '${comment}'`);
  };
  let index = 0;
  while (index < lines.length) {
    const text = lines[index] ?? '';
    if (quotedFence.test(text)) throw new Error(`${name}:${index + 1}: a block in a quotation cannot be read`);
    const opening = openingFence.exec(text)?.groups;
    const comment = opening === undefined && /^\s*<!--/.test(text);
    if (comment) {
      const last = lines.findIndex((line, at) => at >= index && line.includes('-->'));
      if (last < 0) throw new Error(`${name}:${index + 1}: the comment does not end`);
      const whole = lines.slice(index, last + 1).join('\n');
      before = { comments: [...before.comments, whole.trim().slice(4, -3).trim()], line: index + 1 };
      index = last + 1;
      continue;
    }
    if (opening === undefined) {
      misplaced();
      index++;
    } else {
      const { indent = '', fence = '', language = '' } = opening;
      const closing = new RegExp(`^\\s*${fence[0]}{${fence.length},}\\s*$`);
      const end = lines.findIndex((line, at) => at > index && closing.test(line));
      if (end < 0) throw new Error(`${name}:${index + 1}: the block does not end`);
      const outdented = lines.slice(index + 1, end).map((line) => withoutIndent(line, indent.length));
      try {
        const instructions = readInstructions(before.comments, language);
        blocks.push({ line: index + 2, language, text: `${outdented.join('\n')}\n`, instructions });
      } catch (cause) {
        throw new Error(`${name}:${index + 1}: the block ${(cause as Error).message}`, { cause });
      }
      index = end + 1;
    }
    before = { comments: [], line: 0 };
  }
  misplaced();
  return { name, blocks };
}

/** As many spaces fewer at its beginning as its fence has, or as many as it has. */
function withoutIndent(line: string, width: number): string {
  return line.slice(Math.min(width, line.length - line.trimStart().length));
}
