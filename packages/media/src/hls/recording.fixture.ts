import { AacEncoder } from '../codec/aac-encoder.ts';
import type { Pcm } from '../codec/pcm.ts';
import { accessUnits } from '../rtp/encode.fixture.ts';
import { isKeyFrame, NAL_UNIT_TYPE, nalUnitType } from '../rtp/nal-unit.ts';
import { initSegment } from './init-segment.ts';
import { mediaSegment } from './media-segment.ts';
import type { Sample } from './track.ts';
import { videoSample } from './video-sample.ts';

export const FRAMES_A_SECOND = 30;
/** FFmpeg's arguments for what can be cut at each second. */
export const CUT_AT_SECONDS = ['-g', String(FRAMES_A_SECOND), '-keyint_min', String(FRAMES_A_SECOND), '-bf', '0'];
const TICKS_A_FRAME = 90_000 / FRAMES_A_SECOND;

export interface RecordedMedia {
  /** H.264 of 30 frames a second as a byte stream with delimiters, a key frame at each second. */
  readonly video: Buffer;
  /** Stereo at 48 kHz. */
  readonly sound: Pcm;
}

export interface MadeSegments {
  readonly init: Buffer;
  /** Of a second each. */
  readonly segments: readonly Buffer[];
  readonly video: readonly Sample[];
  readonly audio: readonly Sample[];
  readonly sps: Buffer;
  readonly audioSpecificConfig: Buffer;
}

/** As many segments as there are whole seconds of video. */
export function makeSegments(media: RecordedMedia): MadeSegments {
  const units = accessUnits(media.video).map((each) => each.units);
  const set = (type: number) => units[0]?.find((nalUnit) => nalUnitType(nalUnit) === type) as Buffer;
  const sps = set(NAL_UNIT_TYPE.sequenceParameterSet);
  const video = units.map((each) => ({
    data: videoSample(each),
    duration: TICKS_A_FRAME,
    keyFrame: isKeyFrame(each),
  }));
  const { frames, audioSpecificConfig } = encodeSound(media.sound);
  const audio = frames.map((data) => ({ data, duration: 1_024, keyFrame: true }));
  const segments = Array.from({ length: Math.floor(video.length / FRAMES_A_SECOND) }, (_, second) => {
    const firstFrame = framesUntil(second);
    return mediaSegment({
      sequenceNumber: second + 1,
      video: {
        baseTime: second * 90_000,
        samples: video.slice(second * FRAMES_A_SECOND, (second + 1) * FRAMES_A_SECOND),
      },
      audio: { baseTime: firstFrame * 1_024, samples: audio.slice(firstFrame, framesUntil(second + 1)) },
    });
  });
  const init = initSegment({
    video: { sequenceParameterSets: [sps], pictureParameterSets: [set(NAL_UNIT_TYPE.pictureParameterSet)] },
    audio: { audioSpecificConfig },
  });
  return { init, segments, video, audio, sps, audioSpecificConfig };
}

function framesUntil(second: number): number {
  return Math.ceil((second * 48_000) / 1_024);
}

function encodeSound(sound: Pcm): { frames: Buffer[]; audioSpecificConfig: Buffer } {
  const encoder = new AacEncoder({ channels: 2, bitrateBps: 128_000 });
  const frames = [...encoder.encode(sound), ...encoder.flush()].map(({ data }) => data);
  const { audioSpecificConfig } = encoder;
  encoder.close();
  return { frames, audioSpecificConfig };
}
