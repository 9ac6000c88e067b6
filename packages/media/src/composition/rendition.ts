import type { FromComposer } from './composer-messages.ts';
import type { CompositionDestination, OutputReport, PictureSettings } from './composition-options.ts';
import { openOutput } from './output/open-output.ts';
import type { EncodedPicture, EncodedSound, Output, OutputStart } from './output/output.ts';
import type { FilledTile } from './picture/painting.ts';
import { PictureTrack } from './picture/picture-track.ts';

export interface RenditionParts {
  readonly settings: PictureSettings;
  /** All with these settings. */
  readonly destinations: readonly CompositionDestination[];
  /** Time 0 of outputs, by `performance.now()`. */
  readonly beginMs: number;
  readonly delayMs: () => number;
  readonly tell: (message: FromComposer) => void;
  /** The last one of its outputs has failed or was ended: its pictures are for nobody. */
  readonly onUnused: () => void;
}

/** One picture, encoded once, and the destinations that get it. */
export class Rendition {
  readonly settings: PictureSettings;
  readonly track: PictureTrack;
  readonly #parts: RenditionParts;
  readonly #outputs = new Map<string, Output>();
  /** Destinations that have not failed, and were not ended. */
  readonly #living: Set<string>;
  tiles: readonly FilledTile[] = [];

  constructor(parts: RenditionParts) {
    const { settings, beginMs, delayMs, destinations } = parts;
    this.settings = settings;
    this.#parts = parts;
    this.#living = new Set(destinations.map(({ id }) => id));
    this.track = new PictureTrack({
      settings,
      beginMs,
      delayMs,
      tiles: () => this.tiles,
      onPicture: (picture) => this.#takePicture(picture),
      onFailed: (error) => {
        throw error; // it ends this program, and another one takes its place
      },
    });
  }

  /** Whether somebody gets it. */
  get used(): boolean {
    return this.#living.size > 0;
  }

  get droppedPictures(): number {
    return [...this.#outputs.values()].reduce((sum, { droppedPictures }) => sum + droppedPictures, 0);
  }

  /** What cannot be opened has failed, as is told. */
  async openOutputs(start: Omit<OutputStart, keyof PictureSettings | 'videoBitrateBps'>): Promise<void> {
    const { width, height, framesPerSecond, bitrateBps } = this.settings;
    const whole = { ...start, width, height, framesPerSecond, videoBitrateBps: bitrateBps };
    await Promise.all(this.#parts.destinations.map((destination) => this.#open(destination, whole)));
  }

  takeSound(sound: EncodedSound): void {
    for (const [id, output] of this.#outputs) if (this.#living.has(id)) output.takeSound(sound);
  }

  /** Ends one of its outputs properly. */
  end(destinationId: string): void {
    this.#leave(destinationId);
    void this.#outputs.get(destinationId)?.close();
  }

  /** Ends its outputs properly. */
  async close(): Promise<void> {
    await this.track.close();
    await Promise.all([...this.#outputs.values()].map((output) => output.close()));
  }

  async #open({ id, output: settings }: CompositionDestination, start: OutputStart): Promise<void> {
    const { tell } = this.#parts;
    try {
      const output = await openOutput(settings, start);
      output.on('report', (report) => this.#report(id, report));
      output.on('file', ({ path, final }) => tell({ type: 'file', destinationId: id, path, final }));
      output.on('gone', (path) => tell({ type: 'gone', destinationId: id, path }));
      output.on('durationchanged', (durationMs) => tell({ type: 'duration', destinationId: id, durationMs }));
      this.#outputs.set(id, output);
      if (!this.#living.has(id)) await output.close();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#report(id, { state: 'FAILED', code: 'INTERNAL', message });
    }
  }

  #takePicture(picture: EncodedPicture): void {
    for (const [id, output] of this.#outputs) if (this.#living.has(id)) output.takePicture(picture);
  }

  #report(destinationId: string, report: OutputReport): void {
    this.#parts.tell({ type: 'report', destinationId, report });
    if (report.state === 'FAILED') this.#leave(destinationId);
  }

  /** Nothing is made for it any more. */
  #leave(destinationId: string): void {
    if (!this.#living.delete(destinationId) || this.used) return;
    this.track.setActive(false);
    this.#parts.onUnused();
  }
}
