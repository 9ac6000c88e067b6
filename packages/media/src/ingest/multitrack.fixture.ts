import { execFileSync } from 'node:child_process';
import type { RtmpPublisher } from '../rtmp/index.ts';
import { accessUnits } from '../rtp/encode.fixture.ts';
import { NAL_UNIT_TYPE, nalUnitType } from '../rtp/index.ts';
import { type EncodedAac, encodeAac } from './aac.fixture.ts';

/** One track of a video, as x264 is to make it. */
export interface TrackEncoding {
  /** As Enhanced RTMP numbers it. */
  readonly trackId: number;
  /** As `640x360`. */
  readonly size: string;
  /** @default 30 */
  readonly framesPerSecond?: number;
  /** @default what x264 makes of the quality that it takes by default */
  readonly bitrateKbps?: number;
}

interface EncodedTrack {
  readonly trackId: number;
  readonly framesPerSecond: number;
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
  readonly pictures: readonly { readonly nalUnits: readonly Buffer[]; readonly keyFrame: boolean }[];
}

/** What an encoder sends again and again. */
export interface MultitrackClip {
  readonly tracks: readonly EncodedTrack[];
  readonly sound: EncodedAac;
}

/** All tracks have a key frame at the beginning of each second. */
const CLIP_SECONDS = 2;
/** No test sends for longer. */
const SOUND_SECONDS = 60;
const TICK_MS = 5;

/** Several encodings of one picture, and a tone of 440 Hz. */
export function encodeMultitrackClip(tracks: readonly TrackEncoding[], soundSeconds = SOUND_SECONDS): MultitrackClip {
  const sound = encodeAac('0.5*sin(440*2*PI*t)', { sampleRateHz: 48_000, channels: 2, seconds: soundSeconds });
  return { tracks: tracks.map(encodeTrack), sound };
}

function encodeTrack({ trackId, size, framesPerSecond = 30, bitrateKbps }: TrackEncoding): EncodedTrack {
  const source = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${framesPerSecond}`, '-t', String(CLIP_SECONDS)];
  const kbps = `${bitrateKbps}k`;
  const rate = bitrateKbps === undefined ? [] : ['-b:v', kbps, '-maxrate', kbps, '-bufsize', kbps];
  const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-bf', '0'];
  const groups = ['-g', String(framesPerSecond), '-x264-params', 'aud=1:sliced-threads=0:scenecut=0'];
  const output = [...x264, ...groups, ...rate, '-pix_fmt', 'yuv420p', '-f', 'h264', '-'];
  const stream = execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...source, ...output], {
    maxBuffer: 64 * 1_024 * 1_024,
  });
  const units = accessUnits(stream);
  const sets = (type: number) => units[0]?.units.filter((unit) => nalUnitType(unit) === type) ?? [];
  return {
    trackId,
    framesPerSecond,
    sps: sets(NAL_UNIT_TYPE.sequenceParameterSet),
    pps: sets(NAL_UNIT_TYPE.pictureParameterSet),
    pictures: units.map(({ units: nalUnits, keyFrame }) => ({ nalUnits, keyFrame })),
  };
}

/** A track on its way. */
interface SentTrack {
  readonly track: EncodedTrack;
  /** Of the next picture; undefined while it is left out. */
  next: number | undefined;
}

/** An encoder that sends several tracks by Enhanced RTMP in real time, each with key frames at the same times. */
export class MultitrackEncoder {
  readonly #rtmp: RtmpPublisher;
  readonly #sound: EncodedAac;
  readonly #tracks: readonly SentTrack[];
  readonly #timer: NodeJS.Timeout;
  readonly #startMs = performance.now();
  #soundFrame = 0;

  /** @param leftOut the tracks that it does not begin with */
  constructor(rtmp: RtmpPublisher, { tracks, sound }: MultitrackClip, leftOut: readonly number[] = []) {
    this.#rtmp = rtmp;
    this.#sound = sound;
    this.#tracks = tracks.map((track) => ({ track, next: leftOut.includes(track.trackId) ? undefined : 0 }));
    const { audioSpecificConfig } = sound;
    rtmp.sendAudio({ kind: 'config', trackId: 0, timestampMs: 0, audioSpecificConfig });
    for (const { track, next } of this.#tracks) if (next !== undefined) this.#configure(track);
    this.#timer = setInterval(() => this.#sendDue(performance.now() - this.#startMs), TICK_MS);
  }

  /** Begins with it at the next second. */
  startTrack(trackId: number): void {
    const sent = this.#sent(trackId);
    this.#configure(sent.track);
    sent.next = Math.ceil((performance.now() - this.#startMs) / 1_000) * sent.track.framesPerSecond;
  }

  stopTrack(trackId: number): void {
    this.#sent(trackId).next = undefined;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#rtmp.close();
  }

  #sent(trackId: number): SentTrack {
    const sent = this.#tracks.find(({ track }) => track.trackId === trackId);
    if (!sent) throw new Error(`the encoder has no track ${trackId}`);
    return sent;
  }

  #configure({ trackId, sps, pps }: EncodedTrack): void {
    this.#rtmp.sendVideo({ kind: 'config', trackId, timestampMs: 0, sps, pps });
  }

  #sendDue(elapsedMs: number): void {
    if (this.#rtmp.ended) {
      clearInterval(this.#timer);
      return;
    }
    for (const sent of this.#tracks) this.#sendPictures(sent, elapsedMs);
    for (;;) {
      const frame = this.#sound.frames[this.#soundFrame];
      if (!frame || frame.mediaMs > elapsedMs) return;
      this.#soundFrame += 1;
      const timestampMs = Math.max(0, Math.round(frame.mediaMs));
      this.#rtmp.sendAudio({ kind: 'frame', trackId: 0, timestampMs, data: frame.data });
    }
  }

  #sendPictures(sent: SentTrack, elapsedMs: number): void {
    const { trackId, framesPerSecond, pictures } = sent.track;
    while (sent.next !== undefined) {
      const timestampMs = Math.round((1_000 * sent.next) / framesPerSecond);
      const picture = pictures[sent.next % pictures.length];
      if (!picture || timestampMs > elapsedMs) return;
      sent.next += 1;
      this.#rtmp.sendVideo({ kind: 'picture', trackId, timestampMs, compositionTimeMs: 0, ...picture });
    }
  }
}
