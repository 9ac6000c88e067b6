import type { AccessUnit, Depacketizer } from './access-unit.ts';
import { H264Depacketizer } from './h264-depacketizer.ts';
import { MalformedMedia } from './malformed-media.ts';
import { OpusDepacketizer } from './opus-depacketizer.ts';
import type { RtpPacket } from './packet.ts';
import { type Ordered, ReorderBuffer, type ReorderOptions } from './reorder-buffer.ts';
import { Vp8Depacketizer } from './vp8-depacketizer.ts';

export type StreamCodec = 'h264' | 'vp8' | 'opus';

export interface StreamReceiverOptions extends ReorderOptions {
  /** Told of each payload that cannot be read. It counts as lost. */
  readonly onMalformed: (fault: MalformedMedia) => void;
}

/** From the packets of one SSRC, as they come, to access units in the order of decoding. */
export class StreamReceiver {
  readonly #buffer: ReorderBuffer;
  readonly #depacketizer: Depacketizer;
  readonly #onMalformed: (fault: MalformedMedia) => void;

  constructor(codec: StreamCodec, options: StreamReceiverOptions) {
    this.#buffer = new ReorderBuffer(options);
    this.#depacketizer = depacketizer(codec);
    this.#onMalformed = options.onMalformed;
  }

  push(packet: RtpPacket, arrivalMs: number): AccessUnit[] {
    return this.#depacketize(this.#buffer.push(packet, arrivalMs));
  }

  /** What need not wait any longer for packets that are missing. To be called now and then while none come. */
  expire(nowMs: number): AccessUnit[] {
    return this.#depacketize(this.#buffer.expire(nowMs));
  }

  /** All that is held. What comes next is taken to follow a loss. */
  flush(): AccessUnit[] {
    const units = [...this.#depacketize(this.#buffer.flush()), ...this.#depacketizer.flush()];
    this.#depacketizer.lose();
    return units;
  }

  #depacketize(ordered: readonly Ordered[]): AccessUnit[] {
    return ordered.flatMap((each) => {
      if (each.type === 'packet') return this.#unpack(each.packet, each.arrivalMs);
      this.#depacketizer.lose();
      return [];
    });
  }

  #unpack(packet: RtpPacket, arrivalMs: number): AccessUnit[] {
    // Probes of bandwidth are padding alone.
    if (packet.payload.length === 0) return [];
    try {
      return this.#depacketizer.push(packet, arrivalMs);
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      this.#onMalformed(error);
      return [];
    }
  }
}

function depacketizer(codec: StreamCodec): Depacketizer {
  switch (codec) {
    case 'h264':
      return new H264Depacketizer();
    case 'vp8':
      return new Vp8Depacketizer();
    case 'opus':
      return new OpusDepacketizer();
  }
}
