import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import { routerCodec } from '../webrtc/codecs.ts';
import { type DeliveryLease, DeliveryRouters, OWN_SIGNATURE } from './delivery.ts';
import { MediaWorker } from './media-worker.ts';
import { findRecordedWorker } from './recorded-worker.ts';

const GUARD_MS = 60_000;
const LIMIT = 4;

describe('the routers from which a stage is received', { timeout: GUARD_MS }, () => {
  let workers: MediaWorker[];
  let home: MediaWorker;
  let away: MediaWorker;
  let origin: types.Router;
  let delivery: DeliveryRouters;
  /** Pairs of pipe ports that the origin opened. */
  let pipeTransports: types.Transport[];

  beforeEach(async () => {
    const workerPath = findRecordedWorker(import.meta.dirname);
    const start = () => MediaWorker.start({ listenAddress: '127.0.0.1', port: 0, workerPath });
    workers = await Promise.all([start(), start()]);
    [home, away] = workers as [MediaWorker, MediaWorker];
    origin = await home.worker.createRouter({ mediaCodecs: OWN_SIGNATURE.mediaCodecs });
    pipeTransports = [];
    origin.observer.on('newtransport', (transport) => transport.type === 'pipe' && pipeTransports.push(transport));
    delivery = new DeliveryRouters(
      { worker: home, router: origin },
      { workers: () => workers.filter(({ alive }) => alive), consumersPerWorker: LIMIT },
    );
  });
  afterEach(() => {
    for (const { worker } of workers ?? []) worker.close();
  });

  const loads = () => workers.map(({ load }) => load.consumers);

  async function produce(): Promise<types.Producer> {
    const transport = await origin.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' } });
    const { mimeType, clockRate, parameters = {} } = routerCodec('h264');
    const rtpParameters = { codecs: [{ mimeType, clockRate, parameters, payloadType: 96 }], encodings: [{ ssrc: 1 }] };
    return transport.produce({ kind: 'video', rtpParameters });
  }

  /** A lease on the further worker: home is full, by the lease that comes first. */
  async function leaseAway(): Promise<[DeliveryLease, DeliveryLease]> {
    const leases = [await delivery.leaseOwn(LIMIT), await delivery.leaseOwn(1)] as [DeliveryLease, DeliveryLease];
    assert.deepEqual(
      leases.map(({ worker }) => worker),
      [home, away],
    );
    return leases;
  }

  it('take in a burst by what each is about to consume', async () => {
    const leases = await Promise.all([...Array(4)].map(() => delivery.leaseOwn(2)));
    assert.deepEqual(loads(), [4, 4]);
    assert.equal(new Set(leases.map(({ router }) => router)).size, 2);
    assert.equal(leases[0]?.router, origin);
    leases[0]?.resize(1);
    assert.deepEqual(loads(), [3, 4]);
    for (const lease of [...leases, ...leases]) lease.release();
    leases[0]?.resize(7);
    assert.deepEqual(loads(), [0, 0]);
    assert.deepEqual(
      (await delivery.dump()).map(({ leases: holders }) => holders),
      [0],
    );
  });

  it('are fed by one pipe for each stream, which follows it', async () => {
    const stream = await produce();
    const [atHome, lease] = await leaseAway();
    assert.equal(await atHome.pipe(stream), stream);
    const [copy, same] = await Promise.all([lease.pipe(stream), lease.pipe(stream)]);
    assert.equal(copy, same);
    assert.notEqual(copy, stream);
    assert.deepEqual(loads(), [LIMIT + 1, 1]);
    assert.equal(pipeTransports.length, 1);
    const dump = await pipeTransports[0]?.dump();
    assert.equal((dump as types.PipeTransportDump).rtx, true);
    for (const change of ['pause', 'resume'] as const) {
      const followed = once(copy.observer, change);
      await stream[change]();
      await followed;
    }
    const closed = once(copy.observer, 'close');
    stream.close();
    await closed;
    assert.deepEqual(loads(), [LIMIT, 1]);
  });

  it('make a pipe that breaks anew', async () => {
    const stream = await produce();
    const [, lease] = await leaseAway();
    const copy = await lease.pipe(stream);
    const broken = once(delivery, 'pipebroken');
    pipeTransports[0]?.close();
    await broken;
    assert.ok(copy.closed);
    assert.deepEqual(loads(), [LIMIT, 1]);
    const another = await lease.pipe(stream);
    assert.equal(another.closed, false);
    assert.deepEqual(loads(), [LIMIT + 1, 1]);
  });

  it('give a place elsewhere when a worker dies while its router is opened', async () => {
    const first = await delivery.leaseOwn(LIMIT);
    const leasing = delivery.leaseOwn(2);
    away.worker.close();
    const lease = await leasing;
    assert.equal(lease.router, origin);
    lease.release();
    first.release();
    assert.deepEqual(loads(), [0, 0]);
  });

  it('close what nobody holds any more, and open it again', async () => {
    const [, lease] = await leaseAway();
    const stream = await produce();
    const copy = await lease.pipe(stream);
    lease.release();
    assert.ok(lease.router.closed && copy.closed);
    assert.deepEqual(loads(), [LIMIT, 0]);
    const again = await delivery.leaseOwn(1);
    assert.equal(again.router.closed, false);
    assert.notEqual(again.router, lease.router);
  });

  it('end with the stage: nobody gets a place then', async () => {
    const [, lease] = await leaseAway();
    const leasing = delivery.lease({ ...OWN_SIGNATURE, key: 'chosen' }, 1, 'bob');
    origin.close();
    assert.ok(lease.router.closed);
    await assert.rejects(leasing, (error) => error instanceof MediaRefusal);
    await assert.rejects(delivery.leaseOwn(1), (error) => error instanceof MediaRefusal);
  });
});
