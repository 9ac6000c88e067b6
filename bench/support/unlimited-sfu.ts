import { Sfu } from '@proscenium/media';
import { findRecordedWorker } from '@proscenium/media/recorded-worker';

/** One on the loopback interface, with one worker and without any limits. */
export function startUnlimitedSfu(): Promise<Sfu> {
  return Sfu.start({
    listenAddress: '127.0.0.1',
    port: 0,
    workers: 1,
    workerPath: findRecordedWorker(import.meta.dirname),
    announcedAddresses: [],
    iceConsentTimeoutSeconds: 30,
    publishBitrateBps: Infinity,
    subscribeBitrateBps: Infinity,
  });
}
