import { NAL_UNIT_TYPE, nalUnitType } from '../rtp/nal-unit.ts';
import { uint32 } from './box.ts';

/** An 'avc1' track keeps parameter sets in its init segment alone, and no delimiters (ISO/IEC 14496-15 §5.3.2). */
const NOT_IN_SAMPLES: ReadonlySet<number> = new Set([
  NAL_UNIT_TYPE.sequenceParameterSet,
  NAL_UNIT_TYPE.pictureParameterSet,
  NAL_UNIT_TYPE.accessUnitDelimiter,
]);

/** An H.264 access unit as a sample: each NAL unit after its length in 32 bits. */
export function videoSample(nalUnits: readonly Buffer[]): Buffer {
  const kept = nalUnits.filter((nalUnit) => !NOT_IN_SAMPLES.has(nalUnitType(nalUnit)));
  return Buffer.concat(kept.flatMap((nalUnit) => [uint32(nalUnit.length), nalUnit]));
}
