import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { CodecName } from '../webrtc/codecs.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { EndReason } from './client-transport.ts';
import type { PlacedRouter } from './delivery-router.ts';
import type { PublishedLayers } from './layers/published-layers.ts';
import { Pipe } from './pipe.ts';
import { codecsOf, type Publication, type PublicationEvents } from './publication.ts';
import type { Publisher } from './publisher.ts';

/**
 * A publisher of one stage in another one, as long as that publish lasts: copies of its streams, which pause with them. Its
 * layers are the publisher's own, so that whatever somebody needs in either stage is asked of it.
 */
export class Replica extends EventEmitter<PublicationEvents> implements Publication {
  readonly origin: PlacedRouter;
  readonly #publishId: string;
  readonly #source: Publisher;
  readonly #pipe: Pipe;
  readonly #copies = new Map<MediaKind, types.Producer>();
  /** Of the copied video. */
  #layers: PublishedLayers | undefined;
  #remakes = 0;
  #ended = false;

  private constructor(publishId: string, source: Publisher, pipe: Pipe, origin: PlacedRouter) {
    super();
    this.setMaxListeners(0); // one listener for each subscription
    this.origin = origin;
    this.#publishId = publishId;
    this.#source = source;
    this.#pipe = pipe;
    source.on('media', this.#follow);
    source.on('remade', this.#remake);
    source.once('ended', this.#lost);
    pipe.once('closed', this.#lost);
  }

  /** @throws when the publish has ended, or either worker has */
  static async create(publishId: string, source: Publisher, origin: PlacedRouter): Promise<Replica> {
    const pipe = await Pipe.open(source.origin.router, origin.router);
    const replica = new Replica(publishId, source, pipe, origin);
    if (source.ended || pipe.closed) replica.#end('lost');
    await Promise.all(source.kinds.map((kind) => replica.#copy(kind)));
    if (replica.ended) throw new Error('the publish ended while it was copied');
    return replica;
  }

  get participantId(): string {
    return this.#source.participantId;
  }

  get publishId(): string {
    return this.#remakes === 0 ? this.#publishId : `${this.#publishId}.${this.#remakes}`;
  }

  get producers(): ReadonlyMap<MediaKind, types.Producer> {
    return this.#copies;
  }

  get sources(): ReadonlyMap<MediaKind, types.Producer> {
    return this.#source.producers;
  }

  get kinds(): MediaKind[] {
    return this.#source.kinds.filter((kind) => this.#copies.has(kind));
  }

  get codecs(): Map<MediaKind, CodecName> {
    return codecsOf(this.#copies);
  }

  get layers(): PublishedLayers | undefined {
    return this.#layers;
  }

  get audioBitrateBps(): number {
    return this.#source.audioBitrateBps;
  }

  get ended(): boolean {
    return this.#ended;
  }

  close(): void {
    this.#end('closed');
  }

  readonly #lost = (): void => this.#end('lost');

  readonly #follow = async (kind: MediaKind): Promise<void> => {
    if (await this.#copy(kind)) this.emit('media', kind);
  };

  readonly #remake = async (): Promise<void> => {
    this.#copies.get('video')?.close();
    if (!(await this.#copy('video'))) return;
    this.#remakes += 1;
    this.emit('remade');
  };

  /** @returns whether there is a copy now; otherwise the stream has ended, or the replica has */
  async #copy(kind: MediaKind): Promise<boolean> {
    const { producers, layers, origin } = this.#source;
    const stream = producers.get(kind);
    if (this.#ended || !stream || stream.closed) return false;
    const share = origin.worker.load.take(1);
    try {
      const copy = await this.#pipe.copy(stream);
      copy.observer.once('close', () => share.release());
      this.#copies.set(kind, copy);
      if (kind === 'video') this.#layers = layers;
      return true;
    } catch {
      share.release();
      // A stream that ended meanwhile is followed by another one, or by the end of the publish.
      if (!stream.closed) this.#end('lost');
      return false;
    }
  }

  #end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.off('media', this.#follow);
    this.#source.off('remade', this.#remake);
    this.#source.off('ended', this.#lost);
    this.#pipe.close();
    this.emit('ended', reason);
  }
}
