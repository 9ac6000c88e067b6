import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** What becomes of packets on their way; may change at any time. */
export interface Shape {
  /** Part of the media packets that get lost, 0 to 1. @default 0 */
  loss: number;
  /** What gets through, in bits per second of UDP payload. @default Infinity */
  rateBps: number;
  /** How long each packet takes. @default 0 */
  delayMs: number;
  /** How much longer some take, so that packets overtake each other. @default 0 */
  jitterMs: number;
}

/** A way to the SFU on which packets towards one side are lost, wait, or come late. The other way is free. */
export interface ShapedRelay extends Shape {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): void;
}

/** What waits for a narrow line is dropped beyond this, as a router's queue does. */
const QUEUE_MS = 200;
/** What a line that was idle passes at once: the tokens in its bucket. */
const BURST_MS = 10;
const MAXIMUM_WAITING = 5_000;
const MAXIMUM_CLIENTS = 64;
/** Multiples of it, without their whole part, are spread evenly, neighbours far apart. */
const GOLDEN_RATIO = 0.618_034;

/**
 * @param target the SFU's UDP port on 127.0.0.1
 * @param towards whose packets are shaped: those that a client receives, or those that it sends
 */
export async function startShapedRelay(target: number, towards: 'client' | 'server' = 'client'): Promise<ShapedRelay> {
  const front = createSocket('udp4');
  const backs = new Map<number, Socket>();
  const line = new Line();
  const pass = (packet: Buffer, direction: typeof towards, send: () => void) =>
    direction === towards ? line.take(packet, send) : send();
  front.on('message', (packet, { port }) => {
    if (!backs.has(port) && backs.size === MAXIMUM_CLIENTS) return;
    const back = backs.get(port) ?? createSocket('udp4');
    if (!backs.has(port)) {
      backs.set(port, back);
      back.on('message', (answer) => pass(answer, 'client', () => front.send(answer, port, '127.0.0.1')));
    }
    pass(packet, 'server', () => back.send(packet, target, '127.0.0.1'));
  });
  front.bind(0, '127.0.0.1');
  await once(front, 'listening');
  return Object.assign(line.shape, {
    port: front.address().port,
    close() {
      line.close();
      front.close();
      for (const back of backs.values()) back.close();
    },
  });
}

/** One line for all packets. Nothing is random, so that every run loses and delays the same part of them. */
class Line {
  readonly shape: Shape = { loss: 0, rateBps: Infinity, delayMs: 0, jitterMs: 0 };
  /** The next one first. */
  readonly #waiting: { readonly dueMs: number; readonly send: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #owedLoss = 0;
  #count = 0;
  /** When all that was taken will have passed the narrow part. */
  #freeMs = 0;

  take(packet: Buffer, send: () => void): void {
    // Connectivity checks and DTLS (RFC 7983: below 128) are never lost on the way, only in a full queue.
    const isMedia = (packet[0] ?? 0) >= 128;
    if (isMedia && this.#loses()) return;
    const now = performance.now();
    const freeMs = Math.max(this.#freeMs, now - BURST_MS) + (packet.length * 8_000) / this.shape.rateBps;
    if (freeMs - now > QUEUE_MS || this.#waiting.length === MAXIMUM_WAITING) return;
    this.#freeMs = freeMs;
    this.#count += 1;
    const { delayMs, jitterMs } = this.shape;
    this.#wait(Math.max(now, freeMs) + delayMs + jitterMs * ((this.#count * GOLDEN_RATIO) % 1), send);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }

  #loses(): boolean {
    this.#owedLoss += this.shape.loss;
    if (this.#owedLoss < 1) return false;
    this.#owedLoss -= 1;
    return true;
  }

  #wait(dueMs: number, send: () => void): void {
    const before = this.#waiting.findLastIndex((other) => other.dueMs <= dueMs);
    this.#waiting.splice(before + 1, 0, { dueMs, send });
    if (before === -1) this.#release();
  }

  /** Sends what is due, and comes back for the next one. */
  #release(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const [next] = this.#waiting;
      if (!next) return;
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#release(), Math.ceil(waitMs));
        return;
      }
      this.#waiting.shift();
      next.send();
    }
  }
}
