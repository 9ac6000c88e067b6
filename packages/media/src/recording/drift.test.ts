import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Pcm } from '../codec/pcm.ts';
import { parseRtpPacket } from '../rtp/packet.ts';
import { SenderClock } from '../rtp/sender-clock.ts';
import { AudioInput } from './audio-input.ts';
import { AudioTrack } from './audio-track.ts';
import { AUDIO_SSRC, SimulatedPublisher, VIDEO_SSRC } from './publisher.fixture.ts';
import type { FeedNews } from './recorder-messages.ts';
import { VideoInput } from './video-input.ts';

const HOUR_MS = 3_600_000;
const PACKETS_A_MARK = 50;
const WAY_MS = 20;

/** Stands for sound: all is quiet but the first sample of each fiftieth packet. */
const marks = Array.from({ length: PACKETS_A_MARK }, (_, index) => Buffer.of(index === 0 ? 1 : 0));
const decoder = {
  decode(payload: Buffer): Pcm {
    const plane = new Float32Array(960);
    plane[0] = payload[0] ?? 0;
    return { planes: [plane, plane], frames: 960 };
  },
};

/** Stands for an encoder: remembers where the marks are. */
class Marks {
  readonly audioSpecificConfig = Buffer.alloc(0);
  readonly positions: number[] = [];
  #position = 0;

  encode({ planes, frames }: Pcm) {
    const at = planes[0]?.findIndex((sample) => sample > 0.9) ?? -1;
    if (at >= 0) this.positions.push(this.#position + at);
    this.#position += frames;
    return [];
  }
}

it('keeps sound and picture together for an hour although all three clocks of the sender drift', () => {
  const idr = [Buffer.of(0x67, 1), Buffer.of(0x68, 1), Buffer.of(0x65, 0x88, 0x84)];
  const slice = [Buffer.of(0x41, 0x9a, 0x01)];
  const publisher: SimulatedPublisher = new SimulatedPublisher(
    { pictures: [idr, slice, slice], sound: marks, videoPpm: 150, audioPpm: -120, wallClockPpm: 60, latencyMs: WAY_MS },
    () => taker,
  );
  const sender = new SenderClock();
  const encoder = new Marks();
  const track = new AudioTrack(0, decoder, encoder);
  const shownMs: number[] = [];
  const video = new VideoInput({
    codec: 'h264',
    ssrcs: [VIDEO_SSRC],
    sender,
    onPicture: ({ timeMs }) => shownMs.push(timeMs),
    requestKeyFrame: () => undefined,
  });
  const audio = new AudioInput(AUDIO_SSRC, sender, (packet) => track.add(packet));
  const taker = {
    news(news: FeedNews) {
      if (news.type !== 'report') return;
      if (news.ssrc === AUDIO_SSRC) audio.report(news, publisher.nowMs);
      else video.report(news.ssrc, news, publisher.nowMs);
    },
    packet(data: Buffer) {
      const packet = parseRtpPacket(data);
      if (packet.ssrc === AUDIO_SSRC) audio.push(packet, publisher.nowMs);
      else video.push(packet, publisher.nowMs);
    },
    tick: () => undefined,
  };
  publisher.run(HOUR_MS);

  const pictureOffMs = shownMs.map((timeMs, index) => timeMs - (publisher.captured[index]?.atMs ?? Number.NaN));
  const soundOffMs = encoder.positions.map(
    (position, index) => position / 48 - (publisher.soundMs[PACKETS_A_MARK * index] ?? Number.NaN),
  );
  assert.equal(pictureOffMs.length, 30 * 3_600);
  assert.equal(soundOffMs.length, 3_600);
  // Both are late by the way to the recorder.
  for (const offMs of [...pictureOffMs, ...soundOffMs]) assert.ok(Math.abs(offMs - WAY_MS) < 15, `${offMs} ms`);
  assert.ok(track.silentSamples < 48_000, `${track.silentSamples} samples are silent`);
});
