import type { ComposerStatistics, CompositionDestination } from '@proscenium/media';
import type { Logger } from 'pino';
import { ComposedPublishers, type ComposedStages } from './composed-publishers.ts';
import type { CompositionJob, CompositionOrder, DestinationOrder, DestinationReport } from './composition-media.ts';
import type { Composition, Compositors } from './compositors.ts';
import type { CompositionOutput, OutputState } from './outputs/composition-output.ts';

export interface StageCompositionParts {
  readonly compositors: Compositors;
  readonly live: ComposedStages;
  readonly logger: Logger;
  /** What the composer has done since it told of itself last. */
  readonly onStatistics: (statistics: ComposerStatistics) => void;
  /** The composer has ended by itself. Another one takes its place, as long as it does not happen too often. */
  readonly onDied: () => void;
  /** The machine had no room for it. */
  readonly onNoCapacity: () => void;
  /** It has let go of everything. */
  readonly onStopped: () => void;
}

/** Has a composer make the pictures and the sound of a stage, and passes on what it says to its outputs. */
export class StageComposition implements CompositionJob {
  readonly #order: CompositionOrder;
  readonly #outputs: ReadonlyMap<string, CompositionOutput>;
  readonly #report: (report: DestinationReport) => void;
  readonly #parts: StageCompositionParts;
  readonly #begun: Promise<Composition | undefined>;
  #composition: Composition | undefined;
  #publishers: ComposedPublishers | undefined;
  readonly #failed = new Set<string>();
  #stopping = false;

  /** @param outputs by destination, one for each of the order */
  constructor(
    order: CompositionOrder,
    outputs: ReadonlyMap<string, CompositionOutput>,
    report: (report: DestinationReport) => void,
    parts: StageCompositionParts,
  ) {
    this.#order = order;
    this.#outputs = outputs;
    this.#report = report;
    this.#parts = parts;
    this.#begun = this.#begin().catch((error) => this.#failAll(error));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    try {
      const composition = await this.#begun;
      this.#publishers?.close();
      await composition?.stop();
    } catch (error) {
      this.#failAll(error);
    } finally {
      this.#parts.onStopped();
    }
  }

  async #begin(): Promise<Composition | undefined> {
    const opened = await Promise.all(this.#order.destinations.map((destination) => this.#open(destination)));
    const destinations = opened.filter((destination) => destination !== undefined);
    if (destinations.length === 0 || this.#stopping) return undefined;
    const { layout, stage } = this.#order;
    const composition = await this.#parts.compositors.compose({ layout, destinations });
    this.#listen(composition);
    this.#composition = composition;
    for (const id of this.#failed) composition.endDestination(id);
    if (this.#stopping) return composition;
    this.#publishers = new ComposedPublishers(this.#parts.live, stage, (publishers) =>
      composition.setParticipants(publishers),
    );
    return composition;
  }

  async #open({ id, video, output: { type } }: DestinationOrder): Promise<CompositionDestination | undefined> {
    const opened = this.#outputs.get(id);
    if (opened === undefined) throw new Error(`Nothing is there for a destination of type ${type}`);
    const output = await opened.open((state) => this.#tell(id, state));
    const { width, height, framerate: framesPerSecond, bitrate: bitrateBps } = video;
    return output && { id, picture: { width, height, framesPerSecond, bitrateBps }, output };
  }

  #tell(destinationId: string, state: OutputState): void {
    this.#report({ destinationId, ...state });
    if (state.state !== 'FAILED') return;
    // The composer need not know of it: a bucket that takes nothing is none of its business.
    this.#failed.add(destinationId);
    this.#composition?.endDestination(destinationId);
  }

  #listen(composition: Composition): void {
    composition.on('report', (id, report) => this.#outputs.get(id)?.takeReport(report));
    composition.on('file', (id, { path, final }) => this.#outputs.get(id)?.takeFile(path, { isFinal: final }));
    composition.on('gone', (id, path) => this.#outputs.get(id)?.takeGone(path));
    composition.on('duration', (id, durationMs) => this.#outputs.get(id)?.takeDuration(durationMs));
    composition.on('statistics', this.#parts.onStatistics);
    composition.on('died', (cause) => {
      this.#parts.logger.error({ err: cause }, 'a composer died');
      this.#parts.onDied();
    });
    composition.on('failed', (error) => this.#failAll(error));
  }

  #failAll(error: unknown): undefined {
    this.#parts.logger.error({ err: error }, 'a composition could not be made or went on no more');
    if (error instanceof Error && 'code' in error && error.code === 'NO_CAPACITY') this.#parts.onNoCapacity();
    for (const output of this.#outputs.values()) output.fail(error);
  }
}
