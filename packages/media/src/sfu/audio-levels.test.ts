import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { types } from 'mediasoup';
import { writeHeaderExtensions } from '../rtp/header-extensions.ts';
import { writeRtpPacket } from '../rtp/packet.ts';
import { routerCodec } from '../webrtc/codecs.ts';
import { AudioLevels } from './audio-levels.ts';
import { MediaWorker } from './media-worker.ts';
import { findRecordedWorker } from './recorded-worker.ts';

const GUARD_MS = 60_000;
const LEVEL_ID = 1;
const PACKET_MS = 20;

describe('the audio levels of a stage', { timeout: GUARD_MS }, () => {
  let worker: MediaWorker;
  let router: types.Router;
  let transport: types.DirectTransport;
  let levels: AudioLevels;
  let voices: Voice[];

  /** A publisher that says of each packet how loud it is. */
  class Voice {
    readonly producer: types.Producer;
    /** RFC 6464: in -dBov, so that 127 is silence. */
    loudness = 127;
    #sequenceNumber = 0;
    readonly #timer = setInterval(() => this.#send(), PACKET_MS);

    constructor(producer: types.Producer) {
      this.producer = producer;
    }

    static async create(participantId: string): Promise<Voice> {
      const { mimeType, clockRate, channels } = routerCodec('opus');
      const producer = await transport.produce({
        kind: 'audio',
        rtpParameters: {
          codecs: [{ mimeType, clockRate, channels: channels ?? 2, payloadType: 100 }],
          headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: LEVEL_ID }],
          encodings: [{ ssrc: 1_000 + voices.length }],
        },
      });
      const voice = new Voice(producer);
      voices.push(voice);
      levels.add(participantId, producer);
      return voice;
    }

    stop(): void {
      clearInterval(this.#timer);
    }

    #send(): void {
      if (this.producer.closed) return;
      const sequenceNumber = this.#sequenceNumber++;
      this.producer.send(
        writeRtpPacket({
          payloadType: 100,
          marker: false,
          sequenceNumber,
          rtpTime: sequenceNumber * 48 * PACKET_MS,
          ssrc: this.producer.rtpParameters.encodings?.[0]?.ssrc ?? 0,
          extension: writeHeaderExtensions(new Map([[LEVEL_ID, Buffer.of(this.loudness)]])),
          payload: Buffer.alloc(20, 1),
        }),
      );
    }
  }

  before(async () => {
    worker = await MediaWorker.start({
      listenAddress: '127.0.0.1',
      port: 0,
      workerPath: findRecordedWorker(import.meta.dirname),
    });
  });
  after(() => worker?.worker.close());

  beforeEach(async () => {
    router = await worker.worker.createRouter({ mediaCodecs: [routerCodec('opus')] });
    transport = await router.createDirectTransport();
    levels = new AudioLevels(router);
    levels.on('failed', (error) => assert.fail(error));
    voices = [];
  });
  afterEach(() => {
    for (const voice of voices) voice.stop();
    router.close();
  });

  it('are told while somebody is heard, the loudest first, and once when nobody is any more', async () => {
    const alice = await Voice.create('alice');
    const bob = await Voice.create('bob');
    alice.loudness = 40;
    bob.loudness = 10;
    for await (const [heard] of on(levels, 'levels')) {
      if (heard.length < 2) continue; // only one of them had begun
      assert.deepEqual(heard, [
        { participantId: 'bob', levelDbov: -10 },
        { participantId: 'alice', levelDbov: -40 },
      ]);
      break;
    }
    alice.loudness = 100;
    bob.loudness = 127;
    for await (const [heard] of on(levels, 'levels')) if (heard.length === 0) break;
  });

  it('tell who speaks, until that one is muted or goes', async () => {
    const alice = await Voice.create('alice');
    const bob = await Voice.create('bob');
    alice.loudness = 5;
    assert.deepEqual(await once(levels, 'speaker'), ['alice']);
    assert.equal(levels.speaker, 'alice');

    const muted = once(levels, 'speaker');
    alice.loudness = 127;
    await alice.producer.pause();
    assert.deepEqual(await muted, [undefined]);

    bob.loudness = 5;
    assert.deepEqual(await once(levels, 'speaker'), ['bob']);
    const gone = once(levels, 'speaker');
    bob.producer.close();
    assert.deepEqual(await gone, [undefined]);
    assert.equal(levels.speaker, undefined);
  });

  it('say nothing of a publisher that had gone before anybody listened', async () => {
    const alice = await Voice.create('alice');
    alice.loudness = 5;
    alice.producer.close();
    const bob = await Voice.create('bob');
    bob.loudness = 20;
    for await (const [heard] of on(levels, 'levels')) {
      assert.deepEqual(heard, [{ participantId: 'bob', levelDbov: -20 }]);
      break;
    }
  });
});
