import type { PictureOrderRule, SequenceParameterSet } from './sequence-parameter-set.ts';
import type { SliceHeader } from './slice-header.ts';

/**
 * Where pictures stand in the order in which they are shown (ITU-T H.264 §8.2.1): counts from the last IDR picture.
 *
 * Memory management operation 5, which begins the count anew without an IDR picture, is not read: it stands behind the
 * parts of a header that we read.
 */
export class PictureOrder {
  // §8.2.1.1
  #referenceMsb = 0;
  #referenceLsb = 0;
  // §8.2.1.2 and §8.2.1.3
  #frameNumber = 0;
  #frameNumberOffset = 0;

  /** The count of the next picture in the order of decoding: the lower one of its fields. */
  next(slice: SliceHeader, set: SequenceParameterSet): number {
    const { pictureOrder: rule } = set;
    if (rule.type === 0) return this.#byLsb(slice, rule);
    if (slice.idr) this.#frameNumberOffset = 0;
    else if (slice.frameNumber < this.#frameNumber) this.#frameNumberOffset += 2 ** set.frameNumberBits;
    this.#frameNumber = slice.frameNumber;
    return rule.type === 1 ? this.#byCycle(slice, rule) : this.#byFrameNumber(slice);
  }

  #byLsb(slice: SliceHeader, { lsbBits }: Extract<PictureOrderRule, { type: 0 }>): number {
    if (slice.idr) {
      this.#referenceMsb = 0;
      this.#referenceLsb = 0;
    }
    const range = 2 ** lsbBits;
    const lsb = slice.pictureOrderLsb;
    const ahead = lsb - this.#referenceLsb;
    const msb = this.#referenceMsb + (ahead <= -range / 2 ? range : ahead > range / 2 ? -range : 0);
    if (slice.reference) {
      this.#referenceMsb = msb;
      this.#referenceLsb = lsb;
    }
    return msb + lsb + Math.min(0, slice.pictureOrderDeltaBottom);
  }

  #byCycle(slice: SliceHeader, rule: Extract<PictureOrderRule, { type: 1 }>): number {
    const { referenceOffsets } = rule;
    const cycle = referenceOffsets.length;
    let frame = cycle === 0 ? 0 : this.#frameNumberOffset + slice.frameNumber;
    if (!slice.reference && frame > 0) frame -= 1;
    let expected = slice.reference ? 0 : rule.nonReferenceOffset;
    if (frame > 0) {
      const cycles = Math.floor((frame - 1) / cycle);
      const within = ((frame - 1) % cycle) + 1;
      expected += cycles * sum(referenceOffsets) + sum(referenceOffsets.slice(0, within));
    }
    const [first, second] = slice.pictureOrderDeltas;
    const top = expected + first;
    if (slice.field === 'top') return top;
    if (slice.field === 'bottom') return top + rule.topToBottomOffset;
    return Math.min(top, top + rule.topToBottomOffset + second);
  }

  #byFrameNumber(slice: SliceHeader): number {
    const doubled = 2 * (this.#frameNumberOffset + slice.frameNumber);
    return slice.idr || slice.reference ? doubled : doubled - 1;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
