import { MalformedMedia } from '../rtp/malformed-media.ts';
import { NAL_UNIT_TYPE, nalUnitType } from '../rtp/nal-unit.ts';
import { readSequenceParameterSet } from '../rtp/sequence-parameter-set.ts';
import { isVp8KeyFrame, readVp8KeyFrameSize } from '../rtp/vp8-frame.ts';

/** More than any stage takes; a header of a few bytes can ask for a gigabyte. */
export const MAXIMUM_PIXELS = 4_096 * 2_304;

export type VideoCodec = 'h264' | 'vp8';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size of a key frame, looked at before anything is decoded.
 *
 * @param units as access units have them: NAL units with the sequence parameter set among them, or one VP8 frame
 * @throws {MalformedMedia} with LIMIT for a picture that is not to be decoded
 */
export function keyFrameSize(codec: VideoCodec, units: readonly Buffer[]): PictureSize {
  const size = codec === 'h264' ? h264Size(units) : readVp8KeyFrameSize(Buffer.concat(units));
  if (size.width * size.height > MAXIMUM_PIXELS) throw new MalformedMedia('LIMIT', 'A picture is too large');
  return size;
}

function h264Size(nalUnits: readonly Buffer[]): PictureSize {
  const set = nalUnits.find((nalUnit) => nalUnitType(nalUnit) === NAL_UNIT_TYPE.sequenceParameterSet);
  if (set === undefined) throw new MalformedMedia('INVALID', 'A key frame comes without sequence parameter set');
  const { width, height } = readSequenceParameterSet(set);
  return { width, height };
}

/**
 * The sizes that decoding an access unit may ask memory for. None, where it goes on with those before.
 *
 * @param units as of {@link keyFrameSize}
 * @throws {MalformedMedia} for one that cannot be read
 */
export function announcedSizes(codec: VideoCodec, units: readonly Buffer[]): PictureSize[] {
  if (codec === 'vp8') return units.filter(isVp8KeyFrame).map(readVp8KeyFrameSize);
  return units
    .filter((unit) => nalUnitType(unit) === NAL_UNIT_TYPE.sequenceParameterSet)
    .map(readSequenceParameterSet)
    .map(({ width, height }) => ({ width, height }));
}

const START_CODE = Buffer.of(0, 0, 0, 1);

/** As decoders take it: H.264 as a byte stream (annex B), VP8 as it is. */
export function decoderInput(codec: VideoCodec, units: readonly Buffer[]): Buffer {
  return Buffer.concat(codec === 'h264' ? units.flatMap((nalUnit) => [START_CODE, nalUnit]) : units);
}
