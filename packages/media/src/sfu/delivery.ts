import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import type { DeliverySignature } from '../webrtc/delivery-signature.ts';

interface DeliveryRouter {
  readonly router: types.Router;
  /** By the id of the producer in the stage's own router. */
  readonly pipes: Map<string, Promise<types.Producer>>;
  leases: number;
}

/** A subscriber's hold on a delivery router. The router lives while somebody holds it. */
export interface DeliveryLease {
  readonly router: types.Router;
  /** Brings a stream of the stage's own router here: once, however many ask. */
  pipe(producer: types.Producer): Promise<types.Producer>;
  release(): void;
}

/** Browsers and players need a handful; a client that makes up payload types gets no more than this out of a worker. */
export const MAXIMUM_DELIVERY_ROUTERS = 32;

/**
 * The routers beside the stage's own one through which subscribers are served who choose their payload types. There is one
 * for each signature in use, fed by pipes from the stage's own router (docs/adr/0002-delivery-routers.md).
 */
export class DeliveryRouters {
  readonly #worker: types.Worker;
  readonly #source: types.Router;
  readonly #routers = new Map<string, Promise<DeliveryRouter>>();

  constructor(worker: types.Worker, source: types.Router) {
    this.#worker = worker;
    this.#source = source;
  }

  /** @throws {MediaRefusal} `UNAVAILABLE` when there are too many signatures in use for one more */
  async lease({ key, mediaCodecs }: DeliverySignature): Promise<DeliveryLease> {
    let delivery: DeliveryRouter;
    do {
      delivery = await this.#open(key, mediaCodecs);
      // While we waited, its last holder may have let it go.
    } while (delivery.router.closed && !this.#source.closed);
    delivery.leases += 1;
    let held = true;
    return {
      router: delivery.router,
      pipe: (producer) => this.#pipe(delivery, producer),
      release: () => {
        if (!held) return;
        held = false;
        delivery.leases -= 1;
        if (delivery.leases > 0) return;
        this.#routers.delete(key);
        delivery.router.close();
      },
    };
  }

  async #open(key: string, mediaCodecs: types.RouterRtpCodecCapability[]): Promise<DeliveryRouter> {
    const existing = this.#routers.get(key);
    if (existing) return existing;
    if (this.#routers.size >= MAXIMUM_DELIVERY_ROUTERS) {
      throw new MediaRefusal(
        'UNAVAILABLE',
        `The stage sends under ${MAXIMUM_DELIVERY_ROUTERS} different sets of payload types already`,
      );
    }
    const opening = this.#worker.createRouter({ mediaCodecs }).then((router): DeliveryRouter => {
      const close = () => router.close();
      this.#source.observer.once('close', close);
      router.observer.once('close', () => this.#source.observer.off('close', close));
      return { router, pipes: new Map(), leases: 0 };
    });
    this.#routers.set(key, opening);
    opening.catch(() => this.#routers.delete(key));
    return opening;
  }

  #pipe(delivery: DeliveryRouter, producer: types.Producer): Promise<types.Producer> {
    const existing = delivery.pipes.get(producer.id);
    if (existing) return existing;
    // Ids stay unique within a worker only if the copy gets its own one.
    const piping = this.#source
      .pipeToRouter({ producerId: producer.id, router: delivery.router, keepId: false, enableSctp: false })
      .then(({ pipeProducer }) => {
        if (!pipeProducer) throw new Error('a pipe was made without a producer');
        pipeProducer.observer.once('close', () => delivery.pipes.delete(producer.id));
        return pipeProducer;
      });
    delivery.pipes.set(producer.id, piping);
    piping.catch(() => delivery.pipes.delete(producer.id));
    return piping;
  }
}
