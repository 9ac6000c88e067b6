import { isDeepStrictEqual } from 'node:util';
import type { AvcConfiguration, AvcPicture } from '../rtmp/index.ts';
import { type H264Facts, H264Inspector, NAL_UNIT_TYPE, nalUnitType } from '../rtp/index.ts';

const { slice, idrSlice, sequenceParameterSet, pictureParameterSet, accessUnitDelimiter, fillerData } = NAL_UNIT_TYPE;

/** Of no use to receivers: RTP tells where a picture begins, and stuffing is for lines of constant rate. */
const LEFT_OUT: ReadonlySet<number> = new Set([accessUnitDelimiter, fillerData]);
/** What is kept of one kind: far more than any encoder has, and little enough to be repeated before each key frame. */
const MAXIMUM_KEPT_BYTES = 4_096;

/** Makes an encoder's H.264 into what can be joined at each key frame, and looks into it on the way. */
export class VideoPassthrough {
  readonly #inspector = new H264Inspector();
  readonly #onFacts: (facts: H264Facts) => void;
  #sequenceSets: readonly Buffer[] = [];
  #pictureSets: readonly Buffer[] = [];
  /** What came in a message without a picture, for the next one. */
  #early: readonly Buffer[] = [];
  #started = false;
  #facts: H264Facts | undefined;

  /** @param onFacts told what it is when that becomes known or changes, before the picture with which it does */
  constructor(onFacts: (facts: H264Facts) => void) {
    this.#onFacts = onFacts;
  }

  configure({ sps, pps }: Pick<AvcConfiguration, 'sps' | 'pps'>): void {
    this.#sequenceSets = kept(sps);
    this.#pictureSets = kept(pps);
  }

  /** @returns the NAL units to send; undefined where there is no picture, and before the first key frame */
  pass({ nalUnits, keyFrame }: Pick<AvcPicture, 'nalUnits' | 'keyFrame'>): readonly Buffer[] | undefined {
    const useful = nalUnits.filter((unit) => !LEFT_OUT.has(nalUnitType(unit)));
    this.#keepParameterSets(useful);
    if (!useful.some(isSlice)) {
      this.#early = kept(useful.filter((unit) => !isParameterSet(unit)));
      return undefined;
    }
    const picture = [...this.#early, ...useful];
    this.#early = [];
    if (!(this.#started || keyFrame)) return undefined;
    this.#started = true;
    const units = keyFrame ? this.#withParameterSets(picture) : picture;
    this.#inspect(units, keyFrame);
    return units;
  }

  /** Encoders tell new ones before a key frame, with it or in a message of their own. */
  #keepParameterSets(units: readonly Buffer[]): void {
    const sequenceSets = units.filter((unit) => nalUnitType(unit) === sequenceParameterSet);
    const pictureSets = units.filter((unit) => nalUnitType(unit) === pictureParameterSet);
    if (sequenceSets.length > 0) this.#sequenceSets = kept(sequenceSets);
    if (pictureSets.length > 0) this.#pictureSets = kept(pictureSets);
  }

  #withParameterSets(units: readonly Buffer[]): readonly Buffer[] {
    return [...this.#sequenceSets, ...this.#pictureSets, ...units.filter((unit) => !isParameterSet(unit))];
  }

  #inspect(units: readonly Buffer[], keyFrame: boolean): void {
    const arrival = { rtpTime: 0, firstArrivalMs: 0, lastArrivalMs: 0 };
    const { facts } = this.#inspector.inspect({ ...arrival, units, keyFrame, complete: true, afterLoss: false });
    if (!facts || isDeepStrictEqual(facts, this.#facts)) return;
    this.#facts = facts;
    this.#onFacts(facts);
  }
}

function isSlice(unit: Buffer): boolean {
  const type = nalUnitType(unit);
  return type >= slice && type <= idrSlice;
}

function isParameterSet(unit: Buffer): boolean {
  const type = nalUnitType(unit);
  return type === sequenceParameterSet || type === pictureParameterSet;
}

/** Copies, for what a message is read from is used again. */
function kept(units: readonly Buffer[]): readonly Buffer[] {
  const bytes = units.reduce((sum, { length }) => sum + length, 0);
  return bytes > MAXIMUM_KEPT_BYTES ? [] : units.map((unit) => Buffer.from(unit));
}
