import type { Pages } from '../call/pages.ts';
import type { Json, JsonObject } from '../json/value.ts';
import type { OutputFormat } from '../options/global-options.ts';
import type { TableLook } from './table.ts';

export interface Printing {
  readonly format: OutputFormat;
  readonly query: ((value: Json) => Json) | undefined;
  /** Of a table: the operation. */
  readonly title: string;
  readonly look: TableLook;
  write(text: string): void;
}

/** Prints an answer, or the pages of one. The formats `text` and `yaml-stream` print page by page, as they come. */
export async function printAnswer(answer: JsonObject | Pages, printing: Printing): Promise<void> {
  const { format, query, write } = printing;
  const queried = (value: Json) => (query === undefined ? value : query(value));
  if (format === 'text') {
    await printText(answer, queried, write);
  } else if (format === 'yaml-stream') {
    const { formatYaml } = await import('./yaml.ts');
    for await (const page of answer instanceof Map ? [answer] : answer) {
      const value = queried(page);
      if (!(answer instanceof Map && isEmptyObject(value))) write(formatYaml([value]));
    }
  } else {
    const value = queried(answer instanceof Map ? answer : await answer.merged());
    write(await formatWhole(value, printing));
  }
}

async function printText(
  answer: JsonObject | Pages,
  queried: (value: Json) => Json,
  write: (text: string) => void,
): Promise<void> {
  const { formatText } = await import('./text.ts');
  if (answer instanceof Map) {
    write(formatText(queried(answer)));
    return;
  }
  for await (const page of answer) {
    write(formatText(queried(new Map([[answer.items, page.get(answer.items) ?? null]]))));
  }
  const { resumeToken } = answer;
  if (resumeToken !== undefined) {
    write(formatText(queried(new Map([['NextToken', new Map([['NextToken', resumeToken]])]]))));
  }
}

async function formatWhole(value: Json, { format, title, look }: Printing): Promise<string> {
  switch (format) {
    case 'table': {
      const { formatTable } = await import('./table.ts');
      return formatTable(title, value, look);
    }
    case 'yaml': {
      const { formatYaml } = await import('./yaml.ts');
      return isEmptyObject(value) ? '' : formatYaml(value);
    }
    default: {
      const { writeJson } = await import('../json/write-json.ts');
      return isEmptyObject(value) ? '' : `${writeJson(value, { indent: 4 })}\n`;
    }
  }
}

/** An operation that answers nothing prints nothing. */
function isEmptyObject(value: Json): boolean {
  return value instanceof Map && value.size === 0;
}
