import { readdirSync } from 'node:fs';
import { observer, type types } from 'mediasoup';

const kinds = ['worker', 'router', 'transport', 'producer', 'consumer'] as const;

/** How many objects of each kind are there. */
export type ObjectCounts = Record<(typeof kinds)[number], number>;

/** Counts what the SFU of this process has open, from its making on. */
export class LiveObjects {
  readonly counts: ObjectCounts = { worker: 0, router: 0, transport: 0, producer: 0, consumer: 0 };
  #workerPid: number | undefined;

  constructor() {
    observer.on('newworker', (worker) => {
      this.#workerPid = worker.pid;
      this.#count('worker', worker.observer);
      worker.observer.on('newrouter', (router) => {
        this.#count('router', router.observer);
        router.observer.on('newtransport', (transport) => this.#countTransport(transport));
      });
    });
  }

  /** Open files of the last worker that was started. */
  get workerFiles(): number {
    return readdirSync(`/proc/${this.#workerPid}/fd`).length;
  }

  #countTransport({ observer: ofTransport }: types.Transport): void {
    this.#count('transport', ofTransport);
    ofTransport.on('newproducer', (producer) => this.#count('producer', producer.observer));
    ofTransport.on('newconsumer', (consumer) => this.#count('consumer', consumer.observer));
  }

  #count(kind: keyof ObjectCounts, closing: { once(event: 'close', listener: () => void): unknown }): void {
    this.counts[kind] += 1;
    closing.once('close', () => {
      this.counts[kind] -= 1;
    });
  }
}
