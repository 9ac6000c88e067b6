import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { types } from 'mediasoup';
import { routerCodec } from '../webrtc/codecs.ts';
import { BitrateMeter, readMediaCounter } from './bitrate-meter.ts';
import { MediaWorker } from './media-worker.ts';
import { findRecordedWorker } from './recorded-worker.ts';

const GUARD_MS = 60_000;
const HEADER_BYTES = 12;

describe('the meter of a publisher', { timeout: GUARD_MS }, () => {
  let worker: MediaWorker;
  let router: types.Router;

  before(async () => {
    const workerPath = findRecordedWorker(import.meta.dirname);
    worker = await MediaWorker.start({ listenAddress: '127.0.0.1', port: 0, workerPath });
    router = await worker.worker.createRouter({ mediaCodecs: [routerCodec('vp8')] });
  });

  after(() => worker?.worker.close());

  /** A producer of two layers, and what sends packets of them. */
  async function produce(t: TestContext) {
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      comedia: true,
    });
    const { mimeType, clockRate, rtcpFeedback = [] } = routerCodec('vp8');
    const codecs = [{ mimeType, clockRate, payloadType: 96, rtcpFeedback }];
    const encodings = [{ ssrc: 11 }, { ssrc: 22 }];
    const producer = await transport.produce({ kind: 'video', rtpParameters: { codecs, encodings } });
    const socket = createSocket('udp4');
    socket.connect(transport.tuple.localPort, '127.0.0.1');
    await once(socket, 'connect');
    t.after(() => socket.close());
    return { producer, send: (packet: Buffer) => new Promise((sent) => socket.send(packet, sent)) };
  }

  it('counts each packet of each layer, and no padding', async (t) => {
    const { producer, send } = await produce(t);
    assert.equal(await readMediaCounter([producer]), undefined);
    await send(packet(11, 1, 500));
    await send(packet(22, 1, 700));
    await send(paddingPacket(11, 2, 200));
    await send(packet(11, 3, 100));
    const expected = 1_300 + 3 * HEADER_BYTES;
    let counter = await readMediaCounter([producer]);
    while ((counter?.bytes ?? 0) < expected) counter = await readMediaCounter([producer]);
    assert.equal(counter?.bytes, expected);
  });

  it('tells the average again and again until it is stopped', async (t) => {
    const { producer, send } = await produce(t);
    const meter = new BitrateMeter(() => [producer], { windowMs: 40, intervalMs: 10 });
    t.after(() => meter.stop());
    meter.start();
    let sequence = 0;
    const sending = setInterval(() => void send(packet(22, ++sequence, 1_000)), 5);
    t.after(() => clearInterval(sending));
    const [first] = await once(meter, 'bitrate');
    const [second] = await once(meter, 'bitrate');
    assert.ok(first >= 0 && second >= 0 && first + second > 0, `${first} and ${second} bit/s`);
    clearInterval(sending);
    for (let [average] = [second]; average > 0; ) [average] = await once(meter, 'bitrate');
    meter.stop();
    meter.once('bitrate', () => assert.fail('it goes on'));
    meter.start();
    await readMediaCounter([producer]);
  });

  it('waits while there is nothing to read', async (t) => {
    const { producer, send } = await produce(t);
    const meter = new BitrateMeter(() => [producer], { windowMs: 20, intervalMs: 5 });
    t.after(() => meter.stop());
    meter.start();
    await readMediaCounter([producer]);
    const told = once(meter, 'bitrate');
    await send(packet(11, 1, 100));
    await told;
  });

  it('asks no more once the streams have ended', async (t) => {
    const { producer, send } = await produce(t);
    const meter = new BitrateMeter(() => [producer], { windowMs: 20, intervalMs: 5 });
    t.after(() => meter.stop());
    await send(packet(11, 1, 100));
    meter.start();
    await once(meter, 'bitrate');
    producer.close();
    meter.once('bitrate', () => assert.fail('it goes on'));
    await assert.rejects(readMediaCounter([producer]));
  });
});

/** The beginning of a VP8 key frame, so long. */
function packet(ssrc: number, sequence: number, bytes: number): Buffer {
  const payload = Buffer.alloc(bytes);
  payload.set([0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00]);
  return Buffer.concat([header(ssrc, sequence), payload]);
}

function paddingPacket(ssrc: number, sequence: number, bytes: number): Buffer {
  const padding = Buffer.alloc(bytes);
  padding[bytes - 1] = bytes;
  const packetHeader = header(ssrc, sequence);
  packetHeader[0] = 0xa0;
  return Buffer.concat([packetHeader, padding]);
}

function header(ssrc: number, sequence: number): Buffer {
  const buffer = Buffer.alloc(HEADER_BYTES);
  buffer[0] = 0x80;
  buffer[1] = 96;
  buffer.writeUInt16BE(sequence, 2);
  buffer.writeUInt32BE(sequence * 3_000, 4);
  buffer.writeUInt32BE(ssrc, 8);
  return buffer;
}
