import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { accessUnits, encodeH264 } from '../rtp/encode.fixture.ts';
import { type AccessUnit, parseRtpPacket } from '../rtp/index.ts';
import { isRtcp } from '../rtp/packet.ts';
import { IngestStream } from './ingest-stream.ts';
import type { MediaSink, PlacedPicture } from './placed-media.ts';

const HOST = '127.0.0.1';
const VIDEO_SSRC = 7;
const SECOND_SSRC = 9;
/** Is neither RTP nor RTCP of anything. */
const MARK = Buffer.from([0x80, 200, 0, 0]);
const SPS = Buffer.from('67640016ac2ca50502ffe780', 'hex');
const PPS = Buffer.from('68ee3cb0', 'hex');
const [small, large, last] = ['320x180', '640x360', '480x270'].map(keyFrameOf) as [AccessUnit, AccessUnit, AccessUnit];
const track = { trackId: 0, timestampMs: 0 };

describe('an ingest stream', { timeout: 120_000 }, () => {
  let sfu: Socket;
  let socket: Socket;
  let stream: IngestStream;

  before(async () => {
    sfu = await open();
    socket = await open();
    socket.connect(sfu.address().port, HOST);
    await once(socket, 'connect');
    stream = begin(socket, sfu);
    stream.takeVideo({ ...track, kind: 'config', sps: [SPS], pps: [PPS] });
  });
  after(() => {
    stream.close();
    socket.close();
    sfu.close();
  });

  it('repeats a packet that the SFU misses', async () => {
    const coming = nextPacket(sfu);
    stream.takeVideo(picture(5, 100));
    const packet = await coming;
    const { sequenceNumber } = parseRtpPacket(packet);
    const repeated = nextPacket(sfu);
    socket.emit('message', Buffer.of(0x81)); // what cannot be read is passed over
    sfu.send(nack(sequenceNumber), socket.address().port, HOST);
    assert.deepEqual(await repeated, packet);
  });

  it('gives no two pictures one time, nor a later one an earlier time', async () => {
    const times: number[] = [];
    for (const timestampMs of [1_000, 1_040, 1_040, 1_020, 1_080]) {
      const coming = nextPacket(sfu);
      stream.takeVideo({ ...picture(1, 100), timestampMs });
      times.push(parseRtpPacket(await coming).rtpTime / 90);
    }
    assert.deepEqual(times, [1_000, 1_040, 1_041, 1_042, 1_080]);
  });

  it('tells of several tracks before it sends the second, and keeps pictures back while it is to', async (t) => {
    const [receiver, sender] = await Promise.all([open(), open()]);
    sender.connect(receiver.address().port, HOST);
    await once(sender, 'connect');
    const several = begin(sender, receiver);
    t.after(() => {
      several.close();
      sender.close();
      receiver.close();
    });
    const told: unknown[] = [];
    several.on('tracks', (tracks) => {
      told.push(tracks);
      several.holdPictures();
    });
    several.on('facts', (index, { width }) => told.push([index, width]));
    const pictureOf = ({ units: nalUnits }: AccessUnit, trackId: number) =>
      ({ ...track, kind: 'picture', trackId, compositionTimeMs: 0, keyFrame: true, nalUnits }) as const;
    const sent: [ssrc: number, mediaMs: number][] = [];
    const marked = new EventEmitter();
    receiver.on('message', (data) => {
      if (data.equals(MARK)) return marked.emit('mark');
      if (isRtcp(data)) return;
      const { ssrc, rtpTime, marker } = parseRtpPacket(data);
      if (marker) sent.push([ssrc, rtpTime / 90]);
      return marked.emit('packet');
    });
    // Datagrams keep their order here: what was sent before has come.
    const settle = async () => {
      sender.send(MARK);
      await once(marked, 'mark');
    };
    // The encoder leaves numbers out.
    several.takeVideo(pictureOf(large, 3));
    several.takeVideo({ ...pictureOf(small, 5), timestampMs: 40 });
    await settle();
    assert.deepEqual(sent, [[VIDEO_SSRC, 0]]);
    assert.deepEqual(told, [
      [0, 640],
      [1, 0],
      [1, 320],
    ]);
    several.letPicturesGo();
    while (sent.length < 2) await once(marked, 'packet');
    assert.deepEqual(sent, [
      [VIDEO_SSRC, 0],
      [SECOND_SSRC, 40],
    ]);
    const violated = once(several, 'violation');
    several.takeVideo(pictureOf(large, 0));
    several.takeVideo(pictureOf(large, 1));
    assert.deepEqual(await violated, ['INVALID_INPUT', 'The video has more than 3 tracks']);
  });

  it('hands others the first of several tracks alone', async (t) => {
    const [receiver, sender] = await Promise.all([open(), open()]);
    sender.connect(receiver.address().port, HOST);
    await once(sender, 'connect');
    const times: number[] = [];
    const other = { takePicture: ({ mediaMs }: PlacedPicture) => void times.push(mediaMs), takeSound: () => undefined };
    const several = begin(sender, receiver, [other]);
    t.after(() => {
      several.close();
      sender.close();
      receiver.close();
    });
    const pictureOf = ({ units: nalUnits }: AccessUnit, trackId: number, timestampMs: number) =>
      ({ kind: 'picture', trackId, timestampMs, compositionTimeMs: 0, keyFrame: true, nalUnits }) as const;
    for (const [trackId, timestampMs] of [
      [4, 0],
      [1, 0],
      [1, 40],
      [4, 80],
    ] as const) {
      several.takeVideo(pictureOf(small, trackId, timestampMs));
    }
    assert.deepEqual(times, [0, 80]);
  });

  it('tells of its form no more often than it can be heard, and of the last one in the end', async (t) => {
    const [receiver, sender] = await Promise.all([open(), open()]);
    sender.connect(receiver.address().port, HOST);
    await once(sender, 'connect');
    const changing = begin(sender, receiver);
    t.after(() => {
      changing.close();
      sender.close();
      receiver.close();
    });
    const widths: number[] = [];
    changing.on('facts', (_, { width }) => widths.push(width));
    for (let count = 0; count < 500; count += 1) {
      const { units } = count % 2 === 0 ? small : large;
      changing.takeVideo({ ...track, kind: 'picture', compositionTimeMs: 0, keyFrame: true, nalUnits: units });
    }
    assert.deepEqual(widths, [320, 640, 320, 640, 320, 640, 320, 640, 320, 640]);
    changing.takeVideo({ ...track, kind: 'picture', compositionTimeMs: 0, keyFrame: true, nalUnits: last.units });
    assert.equal(widths.length, 10);
    assert.equal((await once(changing, 'facts'))[1].width, 480);
  });

  it('sends nothing after it was told of a violation', async () => {
    const told = once(stream, 'violation');
    stream.takeVideo({ ...track, kind: 'unsupported', codec: 'hvc1' });
    assert.equal((await told)[0], 'INVALID_VIDEO_CODEC');
    sfu.on('message', (data) => assert.ok(isRtcp(data)));
    stream.takeVideo(picture(5, 100));
    // Datagrams keep their order here: what had been sent would have come.
    const behind = once(sfu, 'message');
    socket.send(Buffer.of(0x80, 200, 0, 0));
    await behind;
  });
});

function keyFrameOf(size: string): AccessUnit {
  const [first] = accessUnits(encodeH264({ frames: 1, size }));
  assert.ok(first);
  return first;
}

function begin(socket: Socket, sfu: Socket, others: readonly MediaSink[] = []): IngestStream {
  const target = {
    port: sfu.address().port,
    video: { payloadType: 108, ssrcs: [VIDEO_SSRC, SECOND_SSRC] },
    audio: { payloadType: 111, ssrc: 8, levelExtensionId: 10 },
  };
  return new IngestStream(socket, target, others);
}

function picture(type: 1 | 5, bytes: number) {
  const nalUnits = [Buffer.concat([Buffer.of(0x60 | type, 0x88), Buffer.alloc(bytes - 2, 0x55)])];
  return { ...track, kind: 'picture', compositionTimeMs: 0, keyFrame: type === 5, nalUnits } as const;
}

/** RFC 4585 §6.2.1 */
function nack(sequenceNumber: number): Buffer {
  const packet = Buffer.alloc(16);
  packet.set([0x81, 205, 0, 3]);
  packet.writeUInt32BE(VIDEO_SSRC, 8);
  packet.writeUInt16BE(sequenceNumber, 12);
  return packet;
}

async function nextPacket(socket: Socket): Promise<Buffer> {
  for (;;) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    if (!isRtcp(data)) return data;
  }
}

async function open(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, HOST);
  await once(socket, 'listening');
  return socket;
}
