import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { MediaRefusal } from '../refusal.ts';
import { type H264Facts, writeRtpPacket } from '../rtp/index.ts';
import type { ArrangeTracks, IngestSource, IngestSourceEvents, RtpTarget } from './ingest-source.ts';
import { startLoopbackSfu } from './loopback-sfu.fixture.ts';
import type { Sfu } from './sfu.ts';
import type { StageMedia } from './stage-media.ts';

const FACTS: H264Facts = {
  codec: 'h264',
  width: 1280,
  height: 720,
  profileIdc: 66,
  constraints: 0,
  levelIdc: 31,
  chromaFormatIdc: 1,
  bitDepth: 8,
  interlaced: false,
  bFrames: false,
};

describe('a publisher whose streams come from an ingest', { timeout: 120_000 }, () => {
  let sfu: Sfu;
  let stage: StageMedia;
  let source: Source;

  before(async () => {
    sfu = await startLoopbackSfu();
  });
  after(() => sfu?.close());
  beforeEach(async () => {
    stage = await sfu.createStage();
    source = await Source.open();
  });
  afterEach(() => {
    source.close();
    stage.close();
  });

  it('begins with the packets of its source, and tells what that tells of them', async () => {
    const publisher = await stage.ingest('alice', source);
    assert.equal(stage.publisher('alice'), publisher);
    assert.ok(publisher.connected);
    assert.deepEqual(publisher.kinds, []);
    assert.deepEqual([...publisher.codecs.values()].sort(), ['h264', 'opus']);

    const heard = new Promise((resolve) => publisher.on('media', () => publisher.kinds.length === 2 && resolve(null)));
    source.send('audio', Buffer.of(0xfc, 1, 2));
    source.send('video', Buffer.of(0x65, 0x88, 0x84));
    await heard;

    const told = once(publisher, 'video');
    source.emit('facts', 0, FACTS);
    source.emit('sampled', new Map([[0, 30]]));
    assert.deepEqual(await told, [0, FACTS]);
    const [, video] = publisher.streams;
    assert.deepEqual([video?.kind, video?.shorterSide, video?.framesPerSecond], ['video', 720, 30]);
    const violated = once(publisher, 'violation');
    source.emit('violation', 'INVALID_AUDIO_CODEC');
    assert.deepEqual(await violated, ['INVALID_AUDIO_CODEC']);
  });

  it('tells what came to its source, of use or not, on average over ten seconds of it', async () => {
    const publisher = await stage.ingest('alice', source);
    const averages: number[] = [];
    publisher.on('bitrate', (averageBps) => averages.push(averageBps));
    for (let second = 0; second <= 12; second += 1) source.emit('received', 1_250_000 * second, 1_000 * second);
    assert.deepEqual(averages, [10_000_000, 10_000_000, 10_000_000]);
  });

  it('has tracks for layers, the smallest picture first, and begins anew when there are others later', async () => {
    const publisher = await stage.ingest('alice', source);
    const { publishId } = publisher;
    let remakes = 0;
    publisher.on('remade', () => {
      remakes += 1;
    });
    source.emit('facts', 0, FACTS);
    // The encoder's second track has the smaller picture.
    await source.arrange?.([1, 0]);
    source.emit('facts', 1, { ...FACTS, width: 640, height: 360 });
    const told = new Map<number, number>();
    publisher.on('video', (layer, { height }) => told.set(layer, height));
    const heard = once(publisher, 'media');
    source.send('video', Buffer.of(0x65, 0x88, 0x84), 0);
    assert.deepEqual([await heard, publisher.publishId, remakes], [['video'], publishId, 0]);
    assert.deepEqual(
      told,
      new Map([
        [1, 720],
        [0, 360],
      ]),
    );
    assert.deepEqual(
      publisher.layers?.list.map(({ label, height }) => [label, height]),
      [
        ['low', 360],
        ['hi', 720],
      ],
    );
    const score = once(publisher.producers.get('video') ?? assert.fail(), 'score');
    source.send('video', Buffer.of(0x65, 0x88, 0x84), 1);
    await score;
    assert.ok(publisher.layers?.flows(0));

    await source.arrange?.([2, 1, 0]);
    source.emit('facts', 2, { ...FACTS, width: 320, height: 180 });
    source.emit(
      'sampled',
      new Map([
        [0, 60],
        [2, 15],
      ]),
    );
    assert.deepEqual([publisher.publishId, remakes], [`${publishId}.1`, 1]);
    const [, ...video] = publisher.streams;
    assert.deepEqual(
      video.map(({ layer, shorterSide, framesPerSecond }) => [layer, shorterSide, framesPerSecond]),
      [
        ['low', 180, 15],
        ['mid', 360, undefined],
        ['hi', 720, 60],
      ],
    );
    // The same once more changes nothing.
    await source.arrange?.([2, 1, 0]);
    assert.equal(remakes, 1);
    // Nor do more changes than viewers should be held up by.
    for (const tracks of [
      [2, 0, 1],
      [2, 1, 0],
      [0, 1, 2],
      [1, 0, 2],
    ])
      await source.arrange?.(tracks);
    assert.equal(remakes, 3);
    assert.ok(!publisher.ended);
  });

  it('takes packets from the port of its source alone', async () => {
    const publisher = await stage.ingest('alice', source);
    const stranger = await Source.open();
    stranger.target = source.target;
    stranger.send('video', Buffer.of(0x65, 0x88, 0x84));
    const [kind] = await Promise.all([once(publisher, 'media'), source.send('audio', Buffer.of(0xfc, 1, 2))]);
    assert.deepEqual(kind, ['audio']);
    stranger.close();
  });

  it('ends with its source, for the same reason', async () => {
    const publisher = await stage.ingest('alice', source);
    const ended = once(publisher, 'ended');
    source.end('timeout');
    assert.deepEqual(await ended, ['timeout']);
    assert.equal(stage.publisher('alice'), undefined);
  });

  it('lets its source go when it is closed, when the next one comes, and with the worker', async () => {
    const closed = await stage.ingest('alice', source);
    closed.close();
    assert.ok(source.ended);

    const second = await Source.open();
    const replaced = once(await stage.ingest('bob', second), 'ended');
    const third = await Source.open();
    const last = await stage.ingest('bob', third);
    assert.deepEqual(await replaced, ['closed']);
    assert.deepEqual([second.ended, third.ended], [true, false]);

    const lost = once(last, 'ended');
    const restarted = once(sfu, 'workerstarted');
    process.kill(sfu.workerPids[0] ?? 0, 'SIGKILL');
    assert.deepEqual(await lost, ['lost']);
    assert.ok(third.ended);
    await restarted;
  });

  it('is refused when its source is gone, or the stage is', async () => {
    source.end('hangup');
    await assert.rejects(stage.ingest('alice', source), (error) => {
      assert.match(String((error as Error).cause), /source or the router of an ingest is gone/);
      return isUnavailable(error);
    });
    stage.close();
    const second = await Source.open();
    await assert.rejects(stage.ingest('alice', second), isUnavailable);
    assert.ok(second.ended);
  });
});

function isUnavailable(error: unknown): boolean {
  return error instanceof MediaRefusal && error.reason === 'UNAVAILABLE';
}

/** Sends single packets. */
class Source extends EventEmitter<IngestSourceEvents> implements IngestSource {
  readonly #socket: Socket;
  readonly rtpPort: number;
  ended = false;
  target: RtpTarget | undefined;
  arrange: ArrangeTracks | undefined;

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.rtpPort = socket.address().port;
  }

  static async open(): Promise<Source> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Source(socket);
  }

  sendTo(target: RtpTarget, arrange: ArrangeTracks): void {
    this.target = target;
    this.arrange = arrange;
  }

  send(kind: 'audio' | 'video', payload: Buffer, track = 0): void {
    assert.ok(this.target);
    const { video, audio } = this.target;
    const { payloadType } = this.target[kind];
    const ssrc = kind === 'audio' ? audio.ssrc : (video.ssrcs[track] ?? 0);
    const packet = writeRtpPacket({ payloadType, ssrc, marker: true, sequenceNumber: 1, rtpTime: 1, payload });
    this.#socket.send(packet, this.target.port, '127.0.0.1');
  }

  end(reason: IngestSourceEvents['ended'][0]): void {
    if (this.ended) return;
    this.ended = true;
    this.#socket.close();
    this.emit('ended', reason);
  }

  close(): void {
    this.end('closed');
  }
}
