import { bitsPerSecond, framesPerSecond, percentage, wholeMilliseconds } from '../charts/units.ts';
import type { StreamFigures } from './received-figures.ts';
import type { StageChart } from './stage-charts.ts';
import type { Look } from './stream-meter.ts';

const kinds: readonly (readonly [
  title: string,
  write: StageChart['write'],
  pick: (figures: StreamFigures) => number | undefined,
])[] = [
  ['Bitrate', bitsPerSecond, ({ bitrateBps }) => bitrateBps],
  ['Frame rate', framesPerSecond, ({ picture }) => picture?.framesPerSecond],
  ['Packet loss', percentage, ({ lossPercent }) => lossPercent],
  ['Round trip', wholeMilliseconds, ({ roundTripMs }) => roundTripMs],
];

/** What the page itself receives, or sends, as charts with a line for each participant. */
export function receivedCharts(looks: readonly Look[]): StageChart[] {
  const names = new Map(looks.flatMap((look) => [...look.names]));
  return kinds.map(([title, write, pick]) => ({
    title,
    write,
    series: [...names].map(([id, name]) => ({
      name,
      values: looks.map(({ figures }) => {
        const found = figures.get(id);
        return found && pick(found);
      }),
    })),
  }));
}
