import type { AccessUnit } from './access-unit.ts';
import { MalformedMedia } from './malformed-media.ts';
import { NAL_UNIT_TYPE, nalUnitType } from './nal-unit.ts';
import { PictureOrder } from './picture-order.ts';
import { readSequenceParameterSet, type SequenceParameterSet } from './sequence-parameter-set.ts';
import {
  type PictureParameterSet,
  readPictureParameterSet,
  readSliceHeader,
  readSliceType,
  type SliceHeader,
} from './slice-header.ts';
import { readUserData, type UserData } from './user-data.ts';
import type { H264Facts } from './video-facts.ts';

export interface H264Findings {
  /** Undefined until a picture came whose parameter sets are known. */
  readonly facts: H264Facts | undefined;
  readonly userData: readonly UserData[];
  /** What could not be read of this access unit. */
  readonly malformed: readonly MalformedMedia[];
}

/** Looks into the access units of one H.264 stream, in the order of decoding. */
export class H264Inspector {
  /** By id, of which there are 32 and 256 at most. */
  readonly #sequence = new Map<number, SequenceParameterSet>();
  readonly #picture = new Map<number, PictureParameterSet>();
  #order = new PictureOrder();
  /** Of the picture before, while all since an IDR picture are known. */
  #lastCount: number | undefined;
  #active: SequenceParameterSet | undefined;
  #bFrames = false;

  inspect({ units, afterLoss }: AccessUnit): H264Findings {
    // An IDR picture may be among what was lost: counts begin anew there.
    if (afterLoss) this.#lastCount = undefined;
    const userData: UserData[] = [];
    const malformed: MalformedMedia[] = [];
    let pictureSeen = false;
    for (const unit of units) {
      try {
        switch (nalUnitType(unit)) {
          case NAL_UNIT_TYPE.sequenceParameterSet:
            keep(this.#sequence, readSequenceParameterSet(unit));
            break;
          case NAL_UNIT_TYPE.pictureParameterSet:
            keep(this.#picture, readPictureParameterSet(unit));
            break;
          case NAL_UNIT_TYPE.supplementalEnhancement:
            userData.push(...readUserData(unit));
            break;
          case NAL_UNIT_TYPE.slice:
          case NAL_UNIT_TYPE.idrSlice:
            if (readSliceType(unit) === 'B') this.#bFrames = true;
            if (!pictureSeen) this.#beginPicture(unit);
            pictureSeen = true;
            break;
        }
      } catch (error) {
        if (!(error instanceof MalformedMedia)) throw error;
        malformed.push(error);
      }
    }
    return { facts: this.#facts(), userData, malformed };
  }

  #beginPicture(slice: Buffer): void {
    const read = readSliceHeader(slice, { sequence: this.#sequence, picture: this.#picture });
    if (!read) return;
    this.#active = read.sequenceSet;
    this.#follow(read.header, read.sequenceSet);
  }

  /** A picture that is shown before its predecessor was decoded out of order, whatever its slices are. */
  #follow(slice: SliceHeader, set: SequenceParameterSet): void {
    if (slice.idr) this.#order = new PictureOrder();
    else if (this.#lastCount === undefined) return;
    const count = this.#order.next(slice, set);
    if (!slice.idr && this.#lastCount !== undefined && count < this.#lastCount) this.#bFrames = true;
    this.#lastCount = count;
  }

  #facts(): H264Facts | undefined {
    const set = this.#active;
    if (!set) return undefined;
    return {
      codec: 'h264',
      width: set.width,
      height: set.height,
      profileIdc: set.profileIdc,
      constraints: set.constraints,
      levelIdc: set.levelIdc,
      chromaFormatIdc: set.chromaFormatIdc,
      bitDepth: Math.max(set.lumaBitDepth, set.chromaBitDepth),
      interlaced: !set.framesOnly,
      bFrames: this.#bFrames,
    };
  }
}

function keep<Entry extends { readonly id: number }>(sets: Map<number, Entry>, set: Entry): void {
  sets.set(set.id, set);
}
