import { type DecodeOptions, decodeOpus, type PcmFrame } from '../opus/decode-opus.ts';
import { opusDurationMs } from '../opus/opus-duration.ts';
import type { Frame } from './incoming-stream.ts';
import { FanOut, type TakeOptions } from './remote-stream.ts';

/** A packet of Opus as it came. */
export interface OpusPacket {
  /** RFC 6716. */
  readonly payload: Buffer;
  readonly durationMs: number;
  /** When its sound was captured: milliseconds since 1970 by this machine's clock, late by the way that it took. */
  readonly timeMs: number;
  /** Whether packets before it were lost. */
  readonly afterLoss: boolean;
}

/** Two seconds of packets of 20 ms: who takes longer misses the oldest. */
const MAXIMUM_PACKETS = 100;

/** The sound of a remote participant, from the beginning of a publish to its end. */
export class RemoteAudio {
  readonly kind = 'audio';
  readonly participantId: string;
  readonly #packets: FanOut<OpusPacket>;

  constructor(participantId: string, packets: FanOut<OpusPacket>) {
    this.participantId = participantId;
    this.#packets = packets;
  }

  /**
   * The packets from now on, in order; ends with the publish. May be taken by several at a time. Who is slower than the sound
   * misses the oldest packets: two seconds are kept.
   */
  opusPackets(options: TakeOptions = {}): AsyncIterableIterator<OpusPacket> {
    return this.#packets.open(options);
  }

  /**
   * The same, decoded, from the first `next()` on. What was lost is made up for as far as Opus can; where the publisher sent nothing (he is muted),
   * nothing comes.
   */
  async *pcm(options: TakeOptions & DecodeOptions = {}): AsyncGenerator<PcmFrame, void, undefined> {
    const packets = this.opusPackets(options);
    try {
      yield* decodeOpus(packets, options);
    } finally {
      await packets.return?.();
    }
  }
}

/** The other side of a {@link RemoteAudio}. */
export class AudioFeed {
  readonly stream: RemoteAudio;
  readonly #packets = new FanOut<OpusPacket>(MAXIMUM_PACKETS);

  constructor(participantId: string) {
    this.stream = new RemoteAudio(participantId, this.#packets);
  }

  push({ unit, timeMs }: Frame): void {
    const [payload] = unit.units;
    const durationMs = payload && readDuration(payload);
    if (!durationMs) return;
    const packet = { payload, durationMs, timeMs, afterLoss: unit.afterLoss };
    for (const queue of this.#packets.queues) queue.push(packet);
  }

  end(): void {
    this.#packets.end();
  }
}

/** Undefined for what is no Opus. */
function readDuration(payload: Buffer): number | undefined {
  try {
    return opusDurationMs(payload);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}
