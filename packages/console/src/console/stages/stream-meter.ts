import { RemoteStageStream, type StageStream } from '@proscenium/web-broadcast';
import { countStream, figuresOf, type StreamCount, type StreamFigures } from './received-figures.ts';

/** What was seen of all participants at a moment, by their ids. */
export interface Look {
  readonly atMs: number;
  readonly names: ReadonlyMap<string, string>;
  readonly figures: ReadonlyMap<string, StreamFigures>;
}

/** Ten minutes. */
const maximumLooks = 300;

const minimumDistanceMs = 1_000;

/** Measures streams from one look to the next, and keeps what it saw. */
export class StreamMeter {
  readonly #counts = new WeakMap<StageStream, StreamCount>();
  #looks: readonly Look[] = [];

  /** The oldest first. A new list each time. */
  get looks(): readonly Look[] {
    return this.#looks;
  }

  /** @param participants whose video counts, or audio where there is no video */
  async look(
    participants: readonly { readonly id: string; readonly name: string; readonly streams: readonly StageStream[] }[],
  ): Promise<void> {
    // A page that was held up catches up with its timers all at once, of which nobody can tell a rate.
    if (Date.now() - (this.#looks.at(-1)?.atMs ?? 0) < minimumDistanceMs) return;
    const figures = new Map<string, StreamFigures>();
    await Promise.all(
      participants.map(async ({ id, streams }) => {
        const stream = streams.find(({ streamType }) => streamType === 'video') ?? streams[0];
        const found = stream && (await this.#measure(stream));
        if (found) figures.set(id, found);
      }),
    );
    const names = new Map(participants.map(({ id, name }) => [id, name]));
    this.#looks = [...this.#looks, { atMs: Date.now(), names, figures }].slice(-maximumLooks);
  }

  async #measure(stream: StageStream): Promise<StreamFigures | undefined> {
    const count = countStream(await stream.requestQualityStats(), performance.now());
    if (!count) return undefined;
    const layer = stream instanceof RemoteStageStream ? stream.getSelectedLayer()?.label : undefined;
    const figures = figuresOf(count, this.#counts.get(stream), layer);
    this.#counts.set(stream, count);
    return figures;
  }
}
