import { MalformedMedia } from '../rtp/index.ts';

const VERSION = 3;
const PACKET_BYTES = 1_536;

/**
 * What either side says first (RTMP 1.0 §5.2.2 and §5.2.3): the version and a packet for the other one to repeat. The zeros
 * tell encoders that know a signed handshake that this is the plain one.
 */
export const HELLO = Buffer.concat([Buffer.of(VERSION), Buffer.alloc(PACKET_BYTES)]);

/** The peer's side of the handshake. What it repeats of our packet is not looked at: encoders differ, and it secures nothing. */
export class Handshake {
  #received = Buffer.alloc(0);
  #answered = false;

  /**
   * @returns `answer`: the peer's packet, to be sent back once; `rest`: when the handshake is done, what came after it
   * @throws {MalformedMedia} for another version
   */
  read(bytes: Buffer): { answer?: Buffer; rest?: Buffer } {
    this.#received = Buffer.concat([this.#received, bytes]);
    const version = this.#received[0];
    if (version !== undefined && version !== VERSION) {
      throw new MalformedMedia('UNSUPPORTED', 'The peer speaks another version of RTMP, or another protocol');
    }
    const answered = this.#answered;
    if (this.#received.length < HELLO.length) return {};
    this.#answered = true;
    const rest =
      this.#received.length < HELLO.length + PACKET_BYTES
        ? {}
        : { rest: this.#received.subarray(HELLO.length + PACKET_BYTES) };
    return answered ? rest : { answer: this.#received.subarray(1, HELLO.length), ...rest };
  }
}
