import type { AccessUnit, Depacketizer } from './access-unit.ts';
import { MalformedMedia } from './malformed-media.ts';

/** How one codec's pictures are put together, of payloads as they were read. */
export interface PictureFormat<Part> {
  /** Reads a payload. @throws {MalformedMedia} */
  read(payload: Buffer): Part;
  begin(): Picture<Part>;
}

export interface Picture<Part> {
  add(part: Part): void;
  /** A payload is missing before the next one. */
  lose(): void;
  /** @param startKnown whether no packet before the first one can belong to it */
  end(startKnown: boolean): Pick<AccessUnit, 'units' | 'keyFrame' | 'complete'>;
}

/** Largest picture taken: a second of the highest bitrate that a stage allows is about 1 MB. */
const MAXIMUM_PICTURE_BYTES = 4 * 1024 * 1024;
const MAXIMUM_PICTURE_PACKETS = 4_096;

interface Running<Part> {
  readonly picture: Picture<Part>;
  readonly rtpTime: number;
  readonly firstArrivalMs: number;
  lastArrivalMs: number;
  readonly startKnown: boolean;
  afterLoss: boolean;
  gaps: boolean;
  bytes: number;
  packets: number;
}

/** Packets to pictures: all packets of a picture have the same RTP time, and the last one bears the marker. */
export class PictureAssembler<Part> implements Depacketizer {
  readonly #format: PictureFormat<Part>;
  #running: Running<Part> | undefined;
  /** Packets went missing since the last one. True at first: we may join in the midst of a picture. */
  #lost = true;

  constructor(format: PictureFormat<Part>) {
    this.#format = format;
  }

  push(packet: { rtpTime: number; marker: boolean; payload: Buffer }, arrivalMs: number): AccessUnit[] {
    const part = this.#read(packet.rtpTime, packet.payload);
    const ended = this.#running && this.#running.rtpTime !== packet.rtpTime ? this.#end(!this.#lost) : [];
    const running = this.#running ?? this.#begin(packet.rtpTime, arrivalMs);
    if (this.#lost) {
      running.picture.lose();
      running.gaps = true;
      running.afterLoss = true;
      this.#lost = false;
    }
    running.lastArrivalMs = arrivalMs;
    running.bytes += packet.payload.length;
    running.packets += 1;
    running.picture.add(part);
    return packet.marker ? [...ended, ...this.#end(true)] : ended;
  }

  lose(): void {
    this.#lost = true;
  }

  flush(): AccessUnit[] {
    return this.#end(false);
  }

  /** What cannot be used is as good as lost. */
  #read(rtpTime: number, payload: Buffer): Part {
    try {
      const { bytes, packets } = this.#running?.rtpTime === rtpTime ? this.#running : { bytes: 0, packets: 0 };
      if (bytes + payload.length > MAXIMUM_PICTURE_BYTES || packets === MAXIMUM_PICTURE_PACKETS) {
        throw new MalformedMedia('LIMIT', 'A picture is larger than 4 MiB or 4096 packets');
      }
      return this.#format.read(payload);
    } catch (error) {
      this.lose();
      throw error;
    }
  }

  #begin(rtpTime: number, arrivalMs: number): Running<Part> {
    this.#running = {
      picture: this.#format.begin(),
      rtpTime,
      firstArrivalMs: arrivalMs,
      lastArrivalMs: arrivalMs,
      startKnown: !this.#lost,
      afterLoss: this.#lost,
      gaps: false,
      bytes: 0,
      packets: 0,
    };
    this.#lost = false;
    return this.#running;
  }

  #end(endKnown: boolean): AccessUnit[] {
    const running = this.#running;
    if (!running) return [];
    this.#running = undefined;
    const { rtpTime, firstArrivalMs, lastArrivalMs, afterLoss, gaps, startKnown } = running;
    const { units, keyFrame, complete } = running.picture.end(startKnown);
    return [
      { rtpTime, firstArrivalMs, lastArrivalMs, keyFrame, complete: complete && endKnown && !gaps, afterLoss, units },
    ];
  }
}
