import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { MediaWorker } from './media-worker.ts';
import { Pipe } from './pipe.ts';

/** A router, and the worker on which it is. */
export interface PlacedRouter {
  readonly worker: MediaWorker;
  readonly router: types.Router;
}

export interface DeliveryRouterEvents {
  /** The copy of a stream ended before the stream: who receives it is to ask for another one. */
  pipebroken: [];
  closed: [];
}

/** A router beside the origin through which receivers are served, with copies of the streams that they receive. */
export class DeliveryRouter extends EventEmitter<DeliveryRouterEvents> implements PlacedRouter {
  readonly worker: MediaWorker;
  readonly router: types.Router;
  readonly #origin: PlacedRouter;
  /** By the id of the stream in the origin router. */
  readonly #copies = new Map<string, Promise<types.Producer>>();
  /** The way of all of them, once there is one. */
  #pipe: Promise<Pipe> | undefined;

  private constructor(origin: PlacedRouter, worker: MediaWorker, router: types.Router) {
    super();
    this.#origin = origin;
    this.worker = worker;
    this.router = router;
    router.observer.once('close', () => this.emit('closed'));
  }

  static async open(
    origin: PlacedRouter,
    worker: MediaWorker,
    mediaCodecs: types.RouterRtpCodecCapability[],
  ): Promise<DeliveryRouter> {
    return new DeliveryRouter(origin, worker, await worker.worker.createRouter({ mediaCodecs }));
  }

  /** Brings a stream of the origin here: once, however many ask. */
  pipe(stream: types.Producer): Promise<types.Producer> {
    const existing = this.#copies.get(stream.id);
    if (existing) return existing;
    const share = this.#origin.worker.load.take(1);
    const forget = () => {
      share.release();
      this.#copies.delete(stream.id);
    };
    const copying = this.#copy(stream).then((copy) => {
      copy.observer.once('close', () => {
        forget();
        if (!stream.closed && !this.router.closed) this.emit('pipebroken');
      });
      return copy;
    });
    this.#copies.set(stream.id, copying);
    copying.catch(() => {
      forget();
      // What cannot be fed serves nobody: its receivers come back and get another one.
      if (!stream.closed) this.close();
    });
    return copying;
  }

  close(): void {
    this.router.close();
  }

  async #copy(stream: types.Producer): Promise<types.Producer> {
    this.#pipe ??= this.#openPipe();
    return (await this.#pipe).copy(stream);
  }

  async #openPipe(): Promise<Pipe> {
    const forget = () => {
      this.#pipe = undefined;
    };
    try {
      return (await Pipe.open(this.#origin.router, this.router)).once('closed', forget);
    } catch (error) {
      forget();
      throw error;
    }
  }
}
