/**
 * Child program: publishes a moving picture and a 440 Hz tone by FFmpeg's WHIP muxer until its standard input ends.
 * Native codecs stay out of the test's own process.
 *
 * Environment: MEDIA_URL, MEDIA_TOKEN.
 */
import { Decoder, Demuxer, Encoder, Muxer, type MuxerOptions } from 'node-av/api';
import { FF_ENCODER_LIBOPUS, FF_ENCODER_LIBX264 } from 'node-av/constants';

const { MEDIA_URL: url, MEDIA_TOKEN: token } = process.env;
if (url === undefined || token === undefined) throw new Error('MEDIA_URL and MEDIA_TOKEN are needed');

const framesPerSecond = 30;

// The filters named "realtime" hand out frames at the pace of the clock.
const picture = await Demuxer.open(`testsrc2=size=640x360:rate=${framesPerSecond},realtime`, { format: 'lavfi' });
// The muxer takes stereo alone; the source plays at an eighth of full volume.
const sound = 'sine=frequency=440:sample_rate=48000:samples_per_frame=960,volume=4,aformat=channel_layouts=stereo';
const tone = await Demuxer.open(`${sound},arealtime`, { format: 'lavfi' });
const video = await Encoder.create(FF_ENCODER_LIBX264, {
  bitrate: '800k',
  gopSize: framesPerSecond,
  maxBFrames: 0,
  threadCount: 1,
  options: { profile: 'baseline', preset: 'ultrafast', tune: 'zerolatency' },
});
const audio = await Encoder.create(FF_ENCODER_LIBOPUS, { bitrate: '64k' });

const whip: MuxerOptions<'whip'> = { format: 'whip', options: { authorization: token } };
const muxer = await Muxer.open(url, whip);

const stop = new AbortController();
process.stdin.resume().once('end', () => stop.abort());
await Promise.all([send(picture, video), send(tone, audio)]);
await muxer.close();
// The demuxers' threads would keep the process.
process.exit(0);

async function send(input: Demuxer, encoder: Encoder): Promise<void> {
  const [source] = input.streams;
  if (source === undefined) throw new Error('The test source has no stream');
  const decoder = await Decoder.create(source);
  const stream = muxer.addStream(encoder);
  for await (const packet of encoder.packets(decoder.frames(input.packets()))) {
    if (stop.signal.aborted) return;
    await muxer.writePacket(packet, stream);
  }
}
