import { type Block, isRun } from './block.ts';
import { shows } from './output.ts';
import type { Page } from './page.ts';

/** Runs the blocks of a page, one after the other. @throws when one fails, or does not print what the page shows */
export async function runPage({ name, blocks }: Page, run: (block: Block) => Promise<string>): Promise<void> {
  let printed = '';
  for (const block of blocks) {
    if (isRun(block)) printed = await run(block);
    if (!block.instructions.output || shows(block.text, printed)) continue;
    throw new Error(`${name}:${block.line} shows\n${block.text}\nand printed was\n${printed}`);
  }
}
