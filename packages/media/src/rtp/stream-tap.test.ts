import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type Encoding, testPicture } from './encode.fixture.ts';
import { isRtcp, parseRtpPacket, type RtpPacket } from './packet.ts';
import { parseRtcp } from './rtcp.ts';
import { packet } from './rtp.fixture.ts';
import { StreamTap } from './stream-tap.ts';
import type { VideoFacts } from './video-facts.ts';

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', 'threads=1'];
const vpx = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'];

/** What FFmpeg sends by RTP, in bytes. */
async function sendByFfmpeg(encoding: Encoding): Promise<Buffer[]> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  const received: Buffer[] = [];
  const end = Buffer.from('end');
  const ended = new Promise<void>((resolve) => {
    socket.on('message', (data) => (data.equals(end) ? resolve() : received.push(data)));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const output = ['-f', 'rtp', `rtp://127.0.0.1:${port}?rtcpport=${port}&pkt_size=600`];
  await promisify(execFile)('ffmpeg', [...testPicture(encoding), ...(encoding.arguments ?? []), ...output]);
  // Comes behind all that FFmpeg has sent.
  socket.send(end, port, '127.0.0.1');
  await ended;
  socket.close();
  return received;
}

interface Heard {
  readonly tap: StreamTap;
  readonly facts: VideoFacts[];
  readonly keyFrames: number;
  readonly complete: number;
}

function listen(codec: VideoFacts['codec'], packets: readonly RtpPacket[]): Heard {
  const tap = new StreamTap(codec);
  const facts: VideoFacts[] = [];
  let keyFrames = 0;
  let complete = 0;
  tap.on('facts', (each) => facts.push(each));
  tap.on('keyFrame', () => {
    keyFrames += 1;
  });
  tap.on('accessUnit', (unit) => {
    if (unit.complete) complete += 1;
  });
  tap.on('malformed', (fault) => assert.fail(fault));
  for (const [index, each] of packets.entries()) tap.push(each, 10 * index);
  return { tap, facts, keyFrames, complete };
}

const rtp = (datagrams: readonly Buffer[]) => datagrams.filter((data) => !isRtcp(data)).map(parseRtpPacket);

describe('a tap on a stream that FFmpeg sends', () => {
  it('tells what H.264 is, its key frames and its frame rate', async () => {
    const datagrams = await sendByFfmpeg({
      size: '854x480',
      frames: 30,
      arguments: [...x264, '-profile:v', 'baseline', '-g', '10', '-level', '3.1'],
    });
    const { tap, facts, keyFrames, complete } = listen('h264', rtp(datagrams));
    assert.deepEqual(facts, [
      {
        codec: 'h264',
        width: 854,
        height: 480,
        profileIdc: 66,
        constraints: 0xc0,
        levelIdc: 31,
        chromaFormatIdc: 1,
        bitDepth: 8,
        interlaced: false,
        bFrames: false,
      },
    ]);
    assert.deepEqual([keyFrames, complete], [3, 30]);
    assert.ok(Math.abs((tap.framesPerSecond ?? 0) - 30) < 0.01);
    const [report] = datagrams.filter(isRtcp).flatMap(parseRtcp);
    assert.equal(report?.type, 'senderReport');
  });

  it('tells of B-frames once one was seen', async () => {
    const datagrams = await sendByFfmpeg({ arguments: [...x264, '-bf', '2', '-b_strategy', '0'] });
    const told = listen('h264', rtp(datagrams)).facts.map((each) => each.codec === 'h264' && each.bFrames);
    assert.deepEqual(told, [false, true]);
  });

  it('tells what VP8 is', async () => {
    const datagrams = await sendByFfmpeg({ size: '640x360', frames: 20, arguments: [...vpx, '-g', '10'] });
    const { facts, keyFrames, complete } = listen('vp8', rtp(datagrams));
    assert.deepEqual(facts, [{ codec: 'vp8', width: 640, height: 360 }]);
    assert.deepEqual([keyFrames, complete], [2, 20]);
  });

  it('takes no key frame for whole of which a packet is missing, but knows it by the rest', async () => {
    const packets = rtp(await sendByFfmpeg({ size: '640x360', frames: 5, arguments: [...x264, '-bf', '0'] }));
    const inFirst = packets.filter(({ rtpTime }) => rtpTime === packets[0]?.rtpTime).length;
    assert.ok(inFirst > 5);
    const { facts, keyFrames } = listen('h264', packets.toSpliced(inFirst - 2, 1));
    assert.equal(facts[0]?.width, 640);
    assert.equal(keyFrames, 0);
  });

  it('goes on with the next key frame after it was interrupted', async () => {
    const packets = rtp(await sendByFfmpeg({ frames: 20, arguments: [...x264, '-bf', '0', '-g', '10'] }));
    const start = packets[0]?.rtpTime ?? 0;
    const tap = new StreamTap('h264');
    const heard: string[] = [];
    tap.on('accessUnit', ({ complete, keyFrame }) => heard.push(`${complete} ${keyFrame}`));
    tap.push(packets[0] ?? packet(), 0);
    tap.interrupt();
    assert.deepEqual(heard, ['false false']);
    for (const each of packets.filter(({ rtpTime }) => (rtpTime - start) >>> 0 >= 30_000)) tap.push(each, 1_000);
    assert.equal(heard[1], 'true true');
    assert.equal(heard.length, 11);
    assert.ok(Math.abs((tap.framesPerSecond ?? 0) - 30) < 0.01);
  });
});

describe('a tap', () => {
  it('measures the bitrate of payloads', () => {
    const tap = new StreamTap('vp8');
    for (let ms = 0; ms < 10_000; ms += 10) {
      tap.push(
        packet({ sequenceNumber: ms / 10, rtpTime: 90 * ms, marker: true, payload: Buffer.alloc(1_000, 0x10) }),
        ms,
      );
    }
    assert.equal(tap.bitrateBps(9_990), undefined);
    assert.ok(Math.abs((tap.bitrateBps(10_000) ?? 0) - 800_000) < 10_000);
  });

  it('passes on messages in the bitstream with their picture', () => {
    const tap = new StreamTap('h264');
    const heard: string[] = [];
    tap.on('userData', ({ payload }, { rtpTime }) => heard.push(`${payload.toString()} at ${rtpTime}`));
    const message = Buffer.concat([Buffer.of(6, 5, 18), Buffer.alloc(16, 0xee), Buffer.from('hi'), Buffer.of(0x80)]);
    tap.push(packet({ rtpTime: 7, marker: true, payload: message }), 0);
    assert.deepEqual(heard, ['hi at 7']);
  });

  it('tells what cannot be read', () => {
    const tap = new StreamTap('vp8');
    const heard: string[] = [];
    tap.on('malformed', ({ reason }) => heard.push(reason));
    tap.push(packet({ marker: true, payload: Buffer.from('10000000ffffff40014001', 'hex') }), 0);
    tap.push(packet({ sequenceNumber: 1, marker: true, payload: Buffer.of(0x90) }), 0);
    assert.deepEqual(heard, ['INVALID', 'TRUNCATED']);
    assert.equal(tap.facts, undefined);
  });
});
