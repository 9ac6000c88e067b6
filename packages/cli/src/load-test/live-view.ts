import type { LoadSample } from '@proscenium/load-test';
import { alignColumns, bitrate, decimal, milliseconds, percent, seconds } from './figures.ts';

/** Shows how a test goes. */
export interface LiveView {
  show(sample: LoadSample): void;
  /** Leaves the place to what follows. */
  end(): void;
}

type Output = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;

/** A table that is drawn anew in a terminal, a line now and then elsewhere. */
export function liveView(output: Output, durationMs: number): LiveView {
  const isTerminal = output.isTTY && process.env.TERM !== 'dumb';
  return isTerminal ? new RedrawnTable(output, durationMs) : new PlainLines(output, durationMs);
}

/** The table, cut to the width of the terminal: a line that wraps could not be drawn over. */
export function drawTable(sample: LoadSample, durationMs: number, columns: number): string[] {
  const { publishers, subscribers, bitrateBps, latencyMs } = sample;
  const joined = ({ joined, wanted }: LoadSample['publishers']) => `${decimal(joined)} of ${decimal(wanted)}`;
  const lines = [
    phaseText(sample, durationMs),
    '',
    ...alignColumns([
      ['', 'joined', 'bitrate'],
      ['publishers', joined(publishers), `${bitrate(bitrateBps.out)} out`],
      ['subscribers', joined(subscribers), `${bitrate(bitrateBps.in)} in `],
    ]),
    '',
    `latency      ${latencyMs ? `${milliseconds(latencyMs.p50)} p50, ${milliseconds(latencyMs.p99)} p99` : '–'}`,
    `loss         ${percent(sample.lossBeforeRepairPercent)} before repair, ${percent(sample.lossPercent)} after, ${decimal(sample.asked)} packets asked for again`,
    `trouble      ${decimal(sample.failures)} failures, ${decimal(sample.disconnects)} disconnects`,
    `generator    ${decimal(sample.cpuPercent)} % of a core`,
  ];
  return lines.map((line) => (line === '' ? '' : ` ${line}`).slice(0, Math.max(1, columns - 1)));
}

/** One line, for logs. */
export function drawLine(sample: LoadSample, durationMs: number): string {
  const { publishers, subscribers, bitrateBps, latencyMs } = sample;
  return [
    phaseText(sample, durationMs),
    `publishers ${publishers.joined}/${publishers.wanted} ${bitrate(bitrateBps.out)}`,
    `subscribers ${subscribers.joined}/${subscribers.wanted} ${bitrate(bitrateBps.in)}`,
    ...(latencyMs ? [`latency ${milliseconds(latencyMs.p50)}`] : []),
    `loss ${percent(sample.lossPercent)}`,
    `failures ${sample.failures}, disconnects ${sample.disconnects}`,
  ].join(' · ');
}

function phaseText({ phase, elapsedMs }: LoadSample, durationMs: number): string {
  const of = phase === 'measuring' ? ` of ${seconds(durationMs)}` : '';
  return `${phase} ${seconds(elapsedMs)}${of}`;
}

const REDRAW_INTERVAL_MS = 900;

class RedrawnTable implements LiveView {
  readonly #output: Output;
  readonly #durationMs: number;
  #lines = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(output: Output, durationMs: number) {
    this.#output = output;
    this.#durationMs = durationMs;
  }

  show(sample: LoadSample): void {
    const now = performance.now();
    if (now - this.#lastMs < REDRAW_INTERVAL_MS) return;
    this.#lastMs = now;
    const lines = drawTable(sample, this.#durationMs, this.#output.columns || 80);
    this.#output.write(`${this.#erase()}${lines.join('\n')}\n`);
    this.#lines = lines.length;
  }

  end(): void {
    this.#output.write(this.#erase());
    this.#lines = 0;
  }

  /** Up over what was drawn, and away with everything from there on (ECMA-48 CUU and ED). */
  #erase(): string {
    return this.#lines === 0 ? '' : `\r\u001b[${this.#lines}A\u001b[J`;
  }
}

const LINE_INTERVAL_MS = 4_900;

class PlainLines implements LiveView {
  readonly #output: Output;
  readonly #durationMs: number;
  #phase: LoadSample['phase'] | undefined;
  #lastMs = performance.now();

  constructor(output: Output, durationMs: number) {
    this.#output = output;
    this.#durationMs = durationMs;
  }

  show(sample: LoadSample): void {
    const now = performance.now();
    if (sample.phase === this.#phase && now - this.#lastMs < LINE_INTERVAL_MS) return;
    this.#phase = sample.phase;
    this.#lastMs = now;
    this.#output.write(`${drawLine(sample, this.#durationMs)}\n`);
  }

  end(): void {
    this.#output.write('\n');
  }
}
