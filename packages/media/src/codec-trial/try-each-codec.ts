import { AacDecoder } from '../codec/aac-decoder.ts';
import { AacEncoder } from '../codec/aac-encoder.ts';
import { blackPicture } from '../codec/black-picture.ts';
import { OpusDecoder } from '../codec/opus-decoder.ts';
import { OPUS_FRAME_SAMPLES, OpusEncoder } from '../codec/opus-encoder.ts';
import { joinSound, type Pcm } from '../codec/pcm.ts';
import { encodeThumbnail } from '../codec/thumbnail.ts';

const PACKETS = 25;
const TONE = { hz: 1_000, level: 0.5 };
const SOUND = { channels: 2, bitrateBps: 96_000 } as const;
/** What is lost on the way is not heard. */
const LEAST_LEVEL = 0.9 * TONE.level;
const PICTURE = { width: 320, height: 180 };

/** Half a second of sound as Opus and AAC, and a picture as H.264 and JPEG, there and back. @throws when it does not come out */
export async function tryEachCodec(): Promise<void> {
  const { planes, frames } = byAac(byOpus());
  const middle = planes[1]?.subarray(frames / 4, frames / 2) ?? [];
  if (Math.max(...middle) < LEAST_LEVEL) throw new Error('What is decoded is not the sound that was encoded');
  const { sps, pps, idr } = blackPicture(PICTURE.width, PICTURE.height);
  const jpeg = await encodeThumbnail('h264', [sps, pps, idr]);
  if (jpeg.length === 0) throw new Error('There is no picture in what is decoded');
}

function byOpus(): Pcm {
  const encoder = new OpusEncoder(SOUND);
  const decoder = new OpusDecoder();
  try {
    const packets = Array.from({ length: PACKETS }, (_, index) => encoder.encode(tone(index * OPUS_FRAME_SAMPLES)));
    return joinSound(packets.map((packet) => decoder.decode(packet)));
  } finally {
    encoder.close();
    decoder.close();
  }
}

function byAac(sound: Pcm): Pcm {
  const encoder = new AacEncoder(SOUND);
  const decoder = new AacDecoder(encoder.audioSpecificConfig);
  try {
    const frames = [...encoder.encode(sound), ...encoder.flush()];
    return joinSound(frames.map(({ data }) => decoder.decode(data)));
  } finally {
    encoder.close();
    decoder.close();
  }
}

function tone(from: number): Pcm {
  const plane = Float32Array.from(
    { length: OPUS_FRAME_SAMPLES },
    (_, index) => TONE.level * Math.sin((2 * Math.PI * TONE.hz * (from + index)) / 48_000),
  );
  return { planes: [plane, plane], frames: OPUS_FRAME_SAMPLES };
}
