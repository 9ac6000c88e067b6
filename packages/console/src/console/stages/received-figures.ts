import type { StageStream } from '@proscenium/web-broadcast';

type QualityStats = Awaited<ReturnType<StageStream['requestQualityStats']>>[number];

/** What was counted of a stream at a moment, over all its layers. */
export interface StreamCount {
  readonly atMs: number;
  readonly bytes: number;
  /** That should have come, those that got lost among them. */
  readonly packets: number;
  readonly lost: number;
  /** 0 to 4, as `NetworkQuality`. */
  readonly quality: number;
  readonly roundTripMs: number | undefined;
  /** Undefined for audio, and before the first picture. */
  readonly picture: { readonly width: number; readonly height: number; readonly framesPerSecond: number } | undefined;
  readonly frames: number;
}

/** How a stream goes, from one look to the next. Undefined is what is not known, or not yet. */
export interface StreamFigures extends Pick<StreamCount, 'atMs' | 'picture' | 'frames' | 'roundTripMs'> {
  /** As the web client tells it (docs/web-client.md). */
  readonly quality: string;
  readonly bitrateBps: number | undefined;
  readonly lossPercent: number | undefined;
  /** Label of the layer that is received; of a video of several layers alone. */
  readonly layer: string | undefined;
}

const qualities = ['Down', 'Poor', 'Normal', 'Good', 'Excellent'];

/** @returns undefined while nothing is sent or received */
export function countStream(stats: readonly QualityStats[], atMs: number): StreamCount | undefined {
  // A layer that nobody receives says nothing about the others.
  const active = stats.filter((each) => !('active' in each) || each.active);
  const largest = active.at(-1) ?? stats.at(-1);
  if (!largest) return undefined;
  const sum = (pick: (each: QualityStats) => number) => stats.reduce((total, each) => total + pick(each), 0);
  const lost = Math.max(
    0,
    sum(({ packetsLost }) => packetsLost),
  );
  const isSent = (each: QualityStats) => 'bytesSent' in each;
  const packets = sum((each) => ('packetsSent' in each ? each.packetsSent : each.packetsReceived));
  return {
    atMs,
    bytes: sum((each) => ('bytesSent' in each ? each.bytesSent : each.bytesReceived)),
    packets: packets + (stats.every(isSent) ? 0 : lost),
    lost,
    quality: Math.min(...(active.length > 0 ? active : stats).map(({ networkQuality }) => networkQuality)),
    roundTripMs: largest.roundTripTime === undefined ? undefined : largest.roundTripTime * 1_000,
    picture:
      'frameWidth' in largest && largest.frameWidth > 0
        ? { width: largest.frameWidth, height: largest.frameHeight, framesPerSecond: largest.framesPerSecond }
        : undefined,
    frames: 'framesDecoded' in largest ? largest.framesDecoded : 'framesEncoded' in largest ? largest.framesEncoded : 0,
  };
}

export function figuresOf(now: StreamCount, before: StreamCount | undefined, layer: string | undefined): StreamFigures {
  const { atMs, picture, frames, roundTripMs } = now;
  // Counters begin anew with another connection.
  const since =
    before && now.atMs > before.atMs && now.bytes >= before.bytes && now.packets >= before.packets ? before : undefined;
  const packets = since ? now.packets - since.packets : 0;
  return {
    atMs,
    picture,
    frames,
    roundTripMs,
    layer,
    quality: qualities[now.quality] ?? '',
    bitrateBps: since && ((now.bytes - since.bytes) * 8_000) / (now.atMs - since.atMs),
    lossPercent: since && packets > 0 ? (Math.max(0, now.lost - since.lost) / packets) * 100 : undefined,
  };
}
