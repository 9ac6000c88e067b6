import { PRESETS } from '../codec/canvas-encoder.ts';
import type { ComposerStatistics } from './composer-messages.ts';
import type { Rendition } from './rendition.ts';

interface Totals {
  readonly cpuMs: number;
  readonly atMs: number;
  readonly pictures: number;
  readonly latePictures: number;
  readonly skippedPictures: number;
  readonly droppedByOutputs: number;
}

/** What this process takes and makes, from one reading to the next. */
export class ComposerLoad {
  #before = totals([]);

  read(renditions: readonly Rendition[]): ComposerStatistics {
    const before = this.#before;
    const after = totals(renditions);
    this.#before = after;
    const since = (name: keyof Totals) => after[name] - before[name];
    const slowest = Math.min(...renditions.map(({ track }) => PRESETS.indexOf(track.statistics.preset)));
    return {
      cores: since('cpuMs') / Math.max(1, since('atMs')),
      pictures: since('pictures'),
      latePictures: since('latePictures'),
      skippedPictures: since('skippedPictures'),
      droppedByOutputs: since('droppedByOutputs'),
      preset: PRESETS[Math.max(0, slowest)] ?? '',
    };
  }
}

function totals(renditions: readonly Rendition[]): Totals {
  const { user, system } = process.cpuUsage();
  const sum = (of: (rendition: Rendition) => number) => renditions.reduce((total, each) => total + of(each), 0);
  return {
    cpuMs: (user + system) / 1_000,
    atMs: performance.now(),
    pictures: sum(({ track }) => track.statistics.pictures),
    latePictures: sum(({ track }) => track.statistics.latePictures),
    skippedPictures: sum(({ track }) => track.statistics.skippedPictures),
    droppedByOutputs: sum(({ droppedPictures }) => droppedPictures),
  };
}
