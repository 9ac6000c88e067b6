import { styleText } from 'node:util';
import type { Finding, Status } from './check.ts';
import type { Examined } from './examine.ts';

/** How a report looks to whoever reads it. */
export interface Page {
  /** Of a line, in characters. */
  readonly width: number;
  readonly colours: boolean;
}

const WORDS: Readonly<Record<Status, string>> = {
  ok: 'OK',
  warning: 'warning',
  failed: 'FAILED',
  skipped: 'skipped',
};
const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const;
const STATUS_WIDTH = 9;
const TITLE_WIDTH = 20;
const INDENT = '  ';
const MINIMUM_TEXT_WIDTH = 30;
const DEFAULT_WIDTH = 110;
const WIDEST = 130;

/** How a report looks on this output. */
export function pageOf(output: NodeJS.WriteStream): Page {
  // Honours NO_COLOR and what is no terminal.
  const colours = styleText('green', 'x', { stream: output }) !== 'x';
  return { width: Math.min(output.columns ?? DEFAULT_WIDTH, WIDEST), colours };
}

/** A check with all that it found, for people. */
export function formatExamined({ title, findings }: Examined, { width, colours }: Page): string {
  const margin = INDENT + ' '.repeat(STATUS_WIDTH + TITLE_WIDTH);
  const textWidth = Math.max(MINIMUM_TEXT_WIDTH, width - margin.length);
  const lines = findings.flatMap(({ status, says, remedy }, index) => {
    const word = WORDS[status].padEnd(STATUS_WIDTH);
    const head = `${INDENT}${colours ? paint(COLOURS[status], word) : word}${(index === 0 ? title : '').padEnd(TITLE_WIDTH)}`;
    const [first = '', ...further] = wrap(says, textWidth);
    const advice = remedy === undefined ? [] : wrap(remedy, textWidth - 2);
    return [
      head + first,
      ...further.map((line) => margin + line),
      ...advice.map((line, at) => `${margin}${at === 0 ? '→ ' : '  '}${colours ? paint('bold', line) : line}`),
    ];
  });
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** What it comes to, in a line. */
export function formatSummary(examined: readonly Examined[]): string {
  const counts = countStatuses(examined);
  const parts = [
    `${counts.ok} OK`,
    counts.warning === 1 ? '1 warning' : `${counts.warning} warnings`,
    `${counts.failed} failed`,
    `${counts.skipped} skipped`,
  ];
  return `${parts.join(', ')}.`;
}

/** One line of JSON, for programs. */
export function jsonReport(examined: readonly Examined[]): string {
  const checks = examined.map(({ id, title, findings, durationMs }) => ({
    id,
    title,
    status: worst(findings),
    findings,
    durationMs: Math.round(durationMs),
  }));
  return `${JSON.stringify({ passed: !hasFailed(examined), counts: countStatuses(examined), checks })}\n`;
}

export function hasFailed(examined: readonly Examined[]): boolean {
  return countStatuses(examined).failed > 0;
}

/** By what they found. */
function countStatuses(examined: readonly Examined[]): Record<Status, number> {
  const counts = { ok: 0, warning: 0, failed: 0, skipped: 0 };
  for (const { status } of examined.flatMap(({ findings }) => findings)) counts[status] += 1;
  return counts;
}

function worst(findings: readonly Finding[]): Status {
  const order: readonly Status[] = ['failed', 'warning', 'ok', 'skipped'];
  return order.find((status) => findings.some((finding) => finding.status === status)) ?? 'skipped';
}

function paint(colour: 'green' | 'yellow' | 'red' | 'dim' | 'bold', text: string): string {
  return styleText(colour, text, { validateStream: false });
}

/** A word that is longer than a line, a path say, stays whole: it is there to be copied. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
