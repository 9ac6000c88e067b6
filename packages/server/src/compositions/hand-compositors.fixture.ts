import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ComposedPublication, CompositionEvents, CompositionOptions, HlsOutputSettings } from '@proscenium/media';
import type { Composition, Compositors } from './compositors.ts';

/** A composition that says and writes what it is told to. */
export class HandComposition extends EventEmitter<CompositionEvents> implements Composition {
  readonly options: CompositionOptions;
  /** What it was told of participants, the newest last. */
  readonly participants: (readonly ComposedPublication[])[] = [];
  /** Destinations that it was told to end. */
  readonly endedDestinations: string[] = [];
  /** How often it was told to stop. */
  stops = 0;

  constructor(options: CompositionOptions) {
    super();
    this.options = options;
  }

  setParticipants(participants: readonly ComposedPublication[]): void {
    this.participants.push(participants);
  }

  endDestination(destinationId: string): void {
    if (this.options.destinations.some(({ id }) => id === destinationId)) this.endedDestinations.push(destinationId);
  }

  async stop(): Promise<void> {
    this.stops += 1;
    for (const { id } of this.options.destinations) this.emit('report', id, { state: 'STOPPED' });
  }

  /** @throws unless the destination is a folder */
  hls(destinationId: string): HlsOutputSettings {
    const output = this.options.destinations.find(({ id }) => id === destinationId)?.output;
    if (output?.type !== 'hls') throw new Error(`${destinationId} is no folder`);
    return output;
  }

  /** Writes a file of a destination and tells of it. */
  async write(destinationId: string, path: string, { final }: { final: boolean }, content = 'media'): Promise<void> {
    const file = join(this.hls(destinationId).folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    this.emit('file', destinationId, { path, final });
  }
}

/** Compositors that are driven by hand. */
export class HandCompositors implements Compositors {
  /** All that were made, oldest first. */
  readonly compositions: HandComposition[] = [];
  /** Set to make the next ones fail. */
  failure: Error | undefined;

  /** The newest. @throws when there is none */
  get composition(): HandComposition {
    const composition = this.compositions.at(-1);
    if (composition === undefined) throw new Error('Nothing is being composed');
    return composition;
  }

  async compose(options: CompositionOptions): Promise<HandComposition> {
    if (this.failure) throw this.failure;
    const composition = new HandComposition(options);
    this.compositions.push(composition);
    return composition;
  }
}
