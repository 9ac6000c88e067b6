/** So many packets go at once, then as many after a while: 25 Mbps, more than a stage takes. */
const AT_ONCE = 8;
const INTERVAL_MS = 3;
/** More than any stage takes in a second: nothing is added to so many. */
const MAXIMUM_PACKETS = 2_000;

/** Lets the packets of large pictures out one after the other, where a burst would overrun somebody's buffers. */
export class PacketQueue {
  readonly #send: (packet: Buffer) => void;
  #packets: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (packet: Buffer) => void) {
    this.#send = send;
  }

  get full(): boolean {
    return this.#packets.length >= MAXIMUM_PACKETS;
  }

  push(packets: readonly Buffer[]): void {
    this.#packets.push(...packets);
    if (!this.#timer) this.#drain();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#packets = [];
  }

  #drain(): void {
    for (const packet of this.#packets.splice(0, AT_ONCE)) this.#send(packet);
    this.#timer = this.#packets.length > 0 ? setTimeout(() => this.#drain(), INTERVAL_MS) : undefined;
  }
}
