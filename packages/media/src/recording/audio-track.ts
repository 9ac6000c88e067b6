import type { AacEncoder, AacFrame } from '../codec/aac-encoder.ts';
import { CodecFailure } from '../codec/codec-failure.ts';
import type { OpusDecoder } from '../codec/opus-decoder.ts';
import type { Pcm } from '../codec/pcm.ts';
import { silence, stretch, without } from './sound.ts';

/** A packet of Opus, and when what it holds was captured. */
export interface OpusPacket {
  readonly timeMs: number;
  readonly rtpTime: number;
  readonly payload: Buffer;
}

const SAMPLES_PER_MS = 48;
/** What is off by less stays so. */
const TOLERATED_SAMPLES = 5 * SAMPLES_PER_MS;
/** What is off by more is put right at once, by silence or by leaving out. */
const MAXIMUM_OFF_SAMPLES = 150 * SAMPLES_PER_MS;
/** Nobody hears that sound is faster or slower by so little. */
const MAXIMUM_STRETCH = 0.02;
/** What is off by more is heard beside its picture, which is put right as fast as this (`MediaClock`). */
const NOTICED_SAMPLES = 20 * SAMPLES_PER_MS;
const MAXIMUM_NOTICED_STRETCH = 0.05;
/** Silence is encoded in pieces of a second. */
const SILENCE_SAMPLES = 48_000;

/**
 * The sound of a recording, without gaps: packets are placed by their times, holes are silence, and where sender's and
 * receiver's clocks drift apart it is stretched a little. What comes after a hole, at the beginning, or later than the silence
 * that was put in its place, is where it belongs to the sample. Positions are samples since the beginning.
 */
export class AudioTrack {
  readonly #decoder: Pick<OpusDecoder, 'decode'>;
  readonly #encoder: Pick<AacEncoder, 'encode' | 'audioSpecificConfig'>;
  readonly #beginMs: number;
  /** Encoded and not taken. */
  #frames: AacFrame[] = [];
  /** Samples that were given to the encoder. */
  #position = 0;
  /** RTP time of what goes on from the sound before the position; undefined where that is silence. */
  #nextRtpTime: number | undefined;
  #coveredUntil = 0;
  /** Samples that were put in where there was no sound. */
  silentSamples = 0;

  /** @param beginMs what position 0 is */
  constructor(
    beginMs: number,
    decoder: Pick<OpusDecoder, 'decode'>,
    encoder: Pick<AacEncoder, 'encode' | 'audioSpecificConfig'>,
  ) {
    this.#beginMs = beginMs;
    this.#decoder = decoder;
    this.#encoder = encoder;
  }

  /** Up to where there are frames. */
  get coveredUntil(): number {
    return this.#coveredUntil;
  }

  get audioSpecificConfig(): Buffer {
    return this.#encoder.audioSpecificConfig;
  }

  add({ timeMs, rtpTime, payload }: OpusPacket): void {
    const pcm = this.#decode(payload);
    if (!pcm) return; // it is silence
    const off = Math.round((timeMs - this.#beginMs) * SAMPLES_PER_MS) - this.#position;
    // One that goes on is stretched rather than torn from what it goes on from.
    const goesOn = rtpTime >>> 0 === this.#nextRtpTime && Math.abs(off) <= MAXIMUM_OFF_SAMPLES;
    if (!goesOn) this.#fill(off);
    const sound = goesOn ? adjust(pcm, off) : without(pcm, Math.max(0, -off));
    // What is left out as a whole leaves nothing to go on from.
    this.#nextRtpTime = sound.frames > 0 ? (rtpTime + pcm.frames) >>> 0 : undefined;
    this.#encode(sound);
  }

  /** Silence where nothing has come, so that there are frames up to the position. */
  cover(position: number): void {
    // The encoder gives a frame when it has the next one: the last steps are small.
    while (this.#coveredUntil < position)
      this.#fill(position - this.#position > SILENCE_SAMPLES ? SILENCE_SAMPLES : 1_024);
  }

  /** The frames that begin before the position, the oldest first. */
  take(position: number): AacFrame[] {
    const count = this.#frames.findIndex((frame) => frame.position >= position);
    return this.#frames.splice(0, count === -1 ? this.#frames.length : count);
  }

  #decode(payload: Buffer): Pcm | undefined {
    try {
      const pcm = this.#decoder.decode(payload);
      return pcm.frames === 0 ? undefined : pcm;
    } catch (error) {
      if (error instanceof CodecFailure && error.reason === 'INVALID_DATA') return undefined;
      throw error;
    }
  }

  #fill(samples: number): void {
    if (samples <= 0) return;
    for (let left = samples; left > 0; left -= SILENCE_SAMPLES) this.#encode(silence(Math.min(left, SILENCE_SAMPLES)));
    this.silentSamples += samples;
    this.#nextRtpTime = undefined;
  }

  #encode(pcm: Pcm): void {
    if (pcm.frames === 0) return;
    this.#position += pcm.frames;
    for (const frame of this.#encoder.encode(pcm)) {
      this.#frames.push(frame);
      this.#coveredUntil = frame.position + 1_024;
    }
  }
}

/** @param off how many samples later it should begin */
function adjust(pcm: Pcm, off: number): Pcm {
  if (Math.abs(off) <= TOLERATED_SAMPLES) return pcm;
  const share = Math.abs(off) > NOTICED_SAMPLES ? MAXIMUM_NOTICED_STRETCH : MAXIMUM_STRETCH;
  const most = Math.floor(pcm.frames * share);
  return stretch(pcm, pcm.frames + Math.max(-most, Math.min(most, off)));
}
