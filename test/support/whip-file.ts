/**
 * Child program: publishes the H.264 video of a file as it is by FFmpeg's WHIP muxer, at its own pace, until the file or
 * standard input ends. The muxer is told that it is Constrained Baseline, whatever it is.
 *
 * Arguments: the file. Environment: MEDIA_URL, MEDIA_TOKEN.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Demuxer, Muxer, type MuxerOptions } from 'node-av/api';
import { AV_PROFILE_H264_BASELINE } from 'node-av/constants';

const { MEDIA_URL: url, MEDIA_TOKEN: token } = process.env;
const [, , file] = process.argv;
if (url === undefined || token === undefined || file === undefined) {
  throw new Error('MEDIA_URL, MEDIA_TOKEN and a file are needed');
}

const input = await Demuxer.open(file);
const source = input.video();
if (source === undefined) throw new Error('The file has no video');
// The muxer refuses to send what a server would refuse.
source.codecpar.profile = AV_PROFILE_H264_BASELINE;
source.codecpar.videoDelay = 0;

const whip: MuxerOptions<'whip'> = { format: 'whip', options: { authorization: token } };
const muxer = await Muxer.open(url, whip);
const stream = muxer.addStream(source);

process.stdin.resume().once('end', () => process.exit(0));
const startedMs = performance.now();
for await (const packet of input.packets(source.index)) {
  if (packet === null) break;
  const dueMs = (Number(packet.dts) * 1_000 * source.timeBase.num) / source.timeBase.den;
  await wait(Math.max(0, startedMs + dueMs - performance.now()));
  await muxer.writePacket(packet, stream);
}
await muxer.close();
process.exit(0);
