import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** How this process fared while it measured. */
export interface GeneratorFigures {
  /** CPU time of all its threads, in percent of one core. */
  readonly cpuPercent: number;
  /** Part of the time in which its main thread had something to do; at 100 % work waits. */
  readonly busyPercent: number;
  /** By how much timers were late. */
  readonly delayP99Ms: number;
  /** Pictures that publishers left out, because they were late by more than one. */
  readonly skippedPictures: number;
  readonly duePictures: number;
  /** Datagrams that the kernel threw away since nobody read them in time, on the whole machine. Linux only. */
  readonly droppedDatagrams: number | undefined;
}

const RESOLUTION_MS = 10;

/** Watches this process. */
export class GeneratorWatch {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #begin = performance.now();
  #cpu = process.cpuUsage();
  #loop = performance.eventLoopUtilization();
  #dropped = droppedDatagrams();

  constructor() {
    this.#delay.enable();
  }

  /** Begins anew. */
  reset(): void {
    this.#delay.reset();
    this.#begin = performance.now();
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
    this.#dropped = droppedDatagrams();
  }

  /** Since the beginning. */
  read(): Omit<GeneratorFigures, 'skippedPictures' | 'duePictures'> {
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedMs = Math.max(1, performance.now() - this.#begin);
    const dropped = droppedDatagrams();
    return {
      cpuPercent: tenths((user + system) / 10 / elapsedMs),
      busyPercent: tenths(100 * performance.eventLoopUtilization(this.#loop).utilization),
      // It tells the time from one tick of its own timer to the next.
      delayP99Ms: this.#delay.count === 0 ? 0 : tenths(Math.max(0, this.#delay.percentile(99) / 1e6 - RESOLUTION_MS)),
      droppedDatagrams:
        dropped === undefined || this.#dropped === undefined ? undefined : Math.max(0, dropped - this.#dropped),
    };
  }

  close(): void {
    this.#delay.disable();
  }
}

function tenths(value: number): number {
  return Math.round(10 * value) / 10;
}

const FULL_PERCENT = 90;
const LATE_MS = 50;
const SKIPPED_RATIO = 0.01;

/** Why the figures tell more about the generator than about the server; empty when it kept up. */
export function bottlenecks(figures: GeneratorFigures): string[] {
  const { cpuPercent, busyPercent, delayP99Ms, skippedPictures, duePictures, droppedDatagrams } = figures;
  const full = Math.max(cpuPercent, busyPercent);
  return [
    ...(full >= FULL_PERCENT ? [`its main thread was busy for ${Math.round(Math.min(100, full))} % of the time`] : []),
    ...(delayP99Ms >= LATE_MS ? [`it came ${Math.round(delayP99Ms)} ms too late to one thing in a hundred`] : []),
    ...(skippedPictures > SKIPPED_RATIO * duePictures
      ? [`it left out ${skippedPictures} of ${duePictures} pictures that were due`]
      : []),
    ...(droppedDatagrams
      ? [`the kernel of this machine threw away ${droppedDatagrams} datagrams that no program read in time`]
      : []),
  ];
}

function droppedDatagrams(): number | undefined {
  try {
    return readDroppedDatagrams(readFileSync('/proc/net/snmp', 'utf8'), readFileSync('/proc/net/snmp6', 'utf8'));
  } catch {
    return undefined; // not Linux, or hidden
  }
}

/** The receive buffer errors of UDP over IPv4 and IPv6: proc_pid_net(5). Undefined when there is no such figure. */
export function readDroppedDatagrams(snmp: string, snmp6: string): number | undefined {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Udp: '))
    .map((line) => line.split(' '));
  const column = names.indexOf('RcvbufErrors');
  if (column < 0) return undefined;
  return Number(values[column]) + Number(/^Udp6RcvbufErrors\s+(\d+)/m.exec(snmp6)?.[1] ?? 0);
}
