import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { VideoFacts } from '../rtp/index.ts';
import type { IngestSource } from './ingest-source.ts';
import { PublishedVideo, type VideoReadings } from './published-video.ts';

interface Current {
  readonly reader: EventEmitter<VideoReadings>;
  /** The track of each layer. */
  readonly tracks: readonly number[];
  /** Packets come: it is told what is known. */
  started: boolean;
}

/** What a source tells of the tracks of its video, for whichever producer has them as layers. */
export class TrackReadings {
  readonly #ssrcs: readonly number[];
  readonly #facts = new Map<number, VideoFacts>();
  #framesPerSecond: ReadonlyMap<number, number> = new Map();
  #current: Current | undefined;

  /** @param ssrcs of the tracks */
  constructor(source: IngestSource, ssrcs: readonly number[]) {
    this.#ssrcs = ssrcs;
    source.on('facts', (track, facts) => {
      this.#facts.set(track, facts);
      this.#tellFacts(track, facts);
    });
    source.on('sampled', (framesPerSecond) => {
      this.#framesPerSecond = framesPerSecond;
      this.#tellFrameRates();
    });
  }

  /** The video of a producer, which takes the place of any earlier one's. */
  publish(producer: types.Producer): PublishedVideo {
    const tracks = (producer.rtpParameters.encodings ?? []).map(({ ssrc = -1 }) => this.#ssrcs.indexOf(ssrc));
    const current: Current = { reader: new EventEmitter<VideoReadings>(), tracks, started: false };
    this.#current = current;
    const names = tracks.map(() => undefined);
    return new PublishedVideo(producer, current.reader, names, () => this.#start(current));
  }

  #start(current: Current): void {
    current.started = true;
    for (const [track, facts] of this.#facts) this.#tellFacts(track, facts);
    if (this.#framesPerSecond.size > 0) this.#tellFrameRates();
  }

  #tellFacts(track: number, facts: VideoFacts): void {
    const { reader, tracks, started } = this.#current ?? {};
    const layer = tracks?.indexOf(track) ?? -1;
    if (started && layer !== -1) reader?.emit('facts', layer, facts);
  }

  #tellFrameRates(): void {
    const { reader, tracks = [], started } = this.#current ?? {};
    if (!started) return;
    const byLayer = tracks.flatMap((track, layer): [number, number][] => {
      const framesPerSecond = this.#framesPerSecond.get(track);
      return framesPerSecond === undefined ? [] : [[layer, framesPerSecond]];
    });
    reader?.emit('sampled', new Map(byLayer));
  }
}
