import { findRecordedWorker } from './recorded-worker.ts';
import { Sfu, type SfuOptions } from './sfu.ts';

/** One on a free port of the loopback interface, with one worker and the usual limits unless told otherwise. */
export function startLoopbackSfu(changes: Partial<SfuOptions> = {}): Promise<Sfu> {
  return Sfu.start({
    listenAddress: '127.0.0.1',
    port: 0,
    workers: 1,
    workerPath: findRecordedWorker(import.meta.dirname),
    announcedAddresses: [],
    iceConsentTimeoutSeconds: 10,
    publishBitrateBps: 8_500_000,
    subscribeBitrateBps: 8_500_000,
    ...changes,
  });
}
