import { CodecFailure } from '../../codec/codec-failure.ts';
import { OpusDecoder } from '../../codec/opus-decoder.ts';
import type { Pcm } from '../../codec/pcm.ts';
import { AudioInput } from '../../recording/audio-input.ts';
import type { OpusPacket } from '../../recording/audio-track.ts';
import { without } from '../../recording/sound.ts';
import type { RtpPacket } from '../../rtp/packet.ts';
import type { SenderReport } from '../../rtp/rtcp.ts';
import type { SenderClock } from '../../rtp/sender-clock.ts';
import { judge } from './decoded-sound.ts';
import { FADE_SAMPLES, SoundReader, type StereoPlanes } from './sound-reader.ts';
import { SoundRing } from './sound-ring.ts';

export interface ParticipantSoundOptions {
  /** Common to the participant's streams. */
  readonly sender: SenderClock;
  /** Told of each packet: how long after its capture it came. */
  onReady(latenessMs: number): void;
}

const SAMPLES_PER_MS = 48;
/** Frames of a byte or none, after the byte that tells their form, hold no sound (RFC 6716 §3.1 and §4.4). */
const SILENT_PACKET_BYTES = 2;
/** RTP times that go on do not hold their clock to it when that is put right by more. */
const MAXIMUM_OFF_MS = 100;

/**
 * The sound of one participant of a composition, from packets of Opus to what is mixed at a time. Packets are decoded as they
 * come, and kept in a ring of bounded size; a lost one is waited for until it would be heard.
 */
export class ParticipantSound {
  readonly #options: ParticipantSoundOptions;
  readonly #reader = new SoundReader();
  /** Made for the first packet, as most who are silent never send one. */
  #decoder: OpusDecoder | undefined;
  #ring: SoundRing | undefined;
  #input: AudioInput | undefined;
  #closed = false;
  /** RTP time and time of what goes on from the newest sound; undefined where nothing does. */
  #next: { readonly rtpTime: number; readonly timeMs: number } | undefined;
  /** Position in the ring minus our time in samples: how far the sender's grid is ahead of our clock, as it is by now. */
  #offset = 0;

  constructor(options: ParticipantSoundOptions) {
    this.#options = options;
  }

  /** A stream begins, instead of the one before. */
  receive(ssrc: number, _nowMs: number): void {
    this.#interrupt();
    if (this.#closed) return;
    this.#input = new AudioInput(ssrc, this.#options.sender, (packet, arrivalMs) => this.#take(packet, arrivalMs));
  }

  /** Packets of other streams are passed over. */
  push(packet: RtpPacket, arrivalMs: number): void {
    if (packet.ssrc === this.#input?.ssrc) this.#input.push(packet, arrivalMs);
  }

  report(report: Pick<SenderReport, 'wallClockMs' | 'rtpTime'>, arrivalMs: number): void {
    this.#input?.report(report, arrivalMs);
  }

  /** What has come is heard to its end, and what comes after the pause has nothing to do with it. */
  pause(paused: boolean, nowMs: number): void {
    this.#interrupt();
    // Senders stop the clock of a sound that is paused, or do not: it is learned anew.
    if (!paused && this.#input) this.receive(this.#input.ssrc, nowMs);
  }

  /** The stream has ended. What has come of it is heard to its end. */
  end(_nowMs: number): void {
    this.#interrupt();
    this.#input = undefined;
  }

  /** To be called now and then. */
  expire(nowMs: number): void {
    this.#input?.expire(nowMs);
  }

  /**
   * Adds to the planes what was captured from a time on. It follows changes of what times are asked for by stretching.
   *
   * @returns whether anything was added
   */
  mixInto(mix: StereoPlanes, timeMs: number): boolean {
    if (this.#input && this.#endsBefore(timeMs, mix[0].length + FADE_SAMPLES)) {
      // What is held behind a lost packet cannot wait for it any longer.
      this.#input.expire(Infinity);
    }
    if (!this.#ring) return false;
    return this.#reader.mixInto(mix, this.#ring, this.#positionAt(timeMs));
  }

  /** Adds to the planes how it fades out, from where it was read last. It may be closed already. */
  mixLastInto(mix: StereoPlanes): boolean {
    return this.#ring !== undefined && this.#reader.mixLastInto(mix, this.#ring);
  }

  /** Lets go of the decoder; no packets are taken any more. */
  close(): void {
    this.#closed = true;
    this.#input = undefined;
    this.#decoder?.close();
    this.#decoder = undefined;
  }

  #interrupt(): void {
    this.#input?.flush();
    this.#next = undefined;
  }

  #positionAt(timeMs: number): number {
    return Math.round(timeMs * SAMPLES_PER_MS + this.#offset);
  }

  #endsBefore(timeMs: number, samples: number): boolean {
    return this.#ring === undefined || this.#ring.end < this.#positionAt(timeMs) + samples;
  }

  #take({ timeMs, rtpTime, payload }: OpusPacket, arrivalMs: number): void {
    this.#options.onReady(arrivalMs - timeMs);
    const pcm = this.#decode(payload);
    if (!pcm) return;
    const { sound, audible } = judge(pcm);
    this.#ring ??= new SoundRing();
    const goesOn = rtpTime >>> 0 === this.#next?.rtpTime && Math.abs(timeMs - this.#next.timeMs) <= MAXIMUM_OFF_MS;
    if (goesOn) {
      this.#offset = this.#ring.end - timeMs * SAMPLES_PER_MS;
      this.#ring.append(sound, audible);
    } else {
      const position = this.#positionAt(timeMs);
      const rest = without(sound, Math.max(0, this.#ring.end - position));
      if (rest.frames === 0) return; // there is sound of that time already
      this.#ring.begin(position + sound.frames - rest.frames, rest, audible);
    }
    this.#next = { rtpTime: (rtpTime + sound.frames) >>> 0, timeMs: timeMs + sound.frames / SAMPLES_PER_MS };
  }

  /** Undefined for silence, and for what is no Opus. */
  #decode(payload: Buffer): Pcm | undefined {
    if (payload.length <= SILENT_PACKET_BYTES) return undefined;
    this.#decoder ??= new OpusDecoder();
    try {
      const pcm = this.#decoder.decode(payload);
      return pcm.frames === 0 ? undefined : pcm;
    } catch (error) {
      if (error instanceof CodecFailure && error.reason === 'INVALID_DATA') return undefined;
      throw error;
    }
  }
}
