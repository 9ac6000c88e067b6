import { isDeepStrictEqual } from 'node:util';
import type { VideoConfig } from '../hls/sample-entry.ts';
import { NAL_UNIT_TYPE, nalUnitType } from '../rtp/nal-unit.ts';
import { readSequenceParameterSet } from '../rtp/sequence-parameter-set.ts';

/** As many as a decoder configuration can tell of (ISO/IEC 14496-15 §5.3.3.1). */
const MAXIMUM_SEQUENCE_SETS = 31;
const MAXIMUM_PICTURE_SETS = 255;

/** The parameter sets of an H.264 stream, which may come with each key frame, or once. */
export class ParameterSets {
  #sequence: readonly Buffer[] = [];
  #picture: readonly Buffer[] = [];

  /** Keeps those among the units of a picture. @throws {MalformedMedia} for some that cannot be read */
  take(units: readonly Buffer[]): void {
    const sequence = units.filter((unit) => nalUnitType(unit) === NAL_UNIT_TYPE.sequenceParameterSet);
    const picture = units.filter((unit) => nalUnitType(unit) === NAL_UNIT_TYPE.pictureParameterSet);
    for (const unit of sequence) readSequenceParameterSet(unit);
    // Copies: the units are parts of larger buffers.
    if (sequence.length > 0) this.#sequence = sequence.slice(0, MAXIMUM_SEQUENCE_SETS).map((unit) => Buffer.from(unit));
    if (picture.length > 0) this.#picture = picture.slice(0, MAXIMUM_PICTURE_SETS).map((unit) => Buffer.from(unit));
  }

  /** Undefined before there are some of each kind. */
  get config(): VideoConfig | undefined {
    const [firstSequence, ...sequence] = this.#sequence;
    const [firstPicture, ...picture] = this.#picture;
    if (!firstSequence || !firstPicture) return undefined;
    return {
      sequenceParameterSets: [firstSequence, ...sequence],
      pictureParameterSets: [firstPicture, ...picture],
    };
  }
}

export function sameConfig(one: VideoConfig | undefined, other: VideoConfig | undefined): boolean {
  return isDeepStrictEqual(one, other);
}
