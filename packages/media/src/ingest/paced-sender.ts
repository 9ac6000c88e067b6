import type { StreamName } from './placed-media.ts';
import type { PlayoutClock } from './playout-clock.ts';

interface Unit {
  readonly mediaMs: number;
  /** Those that are not sent yet. */
  datagrams: readonly Buffer[];
}

export interface PacedSenderEvents {
  send(datagram: Buffer): void;
  /** More waits than should: nothing more is to be brought until there is room. */
  full(): void;
  room(): void;
}

/** A large picture is sent in parts: the SFU's socket holds some two hundred packets. */
const MAXIMUM_BURST = 48;
const BURST_INTERVAL_MS = 1;
const MAXIMUM_WAITING_BYTES = 4 * 1_024 * 1_024;

/** Sends what has come when it is due, each stream in the order in which it came. */
export class PacedSender {
  readonly #clock: PlayoutClock;
  readonly #events: PacedSenderEvents;
  /** Sound first: it is small, and its gaps are heard. */
  readonly #queues = new Map<StreamName, Unit[]>([['audio', []]]);
  #waitingBytes = 0;
  #full = false;
  #holdsPictures = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(clock: PlayoutClock, events: PacedSenderEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  push(stream: StreamName, mediaMs: number, datagrams: readonly Buffer[]): void {
    const queue = this.#queues.get(stream) ?? [];
    this.#queues.set(stream, queue);
    queue.push({ mediaMs, datagrams });
    for (const { length } of datagrams) this.#waitingBytes += length;
    if (!this.#full && this.#waitingBytes > MAXIMUM_WAITING_BYTES) {
      this.#full = true;
      this.#events.full();
    }
    this.#sendDue();
  }

  /** Keeps pictures back until they are let go. */
  holdPictures(): void {
    this.#holdsPictures = true;
  }

  letPicturesGo(): void {
    this.#holdsPictures = false;
    this.#sendDue();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #sendDue(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    let left = MAXIMUM_BURST;
    const queues = [...this.#queues].flatMap(([name, queue]) =>
      name === 'audio' || !this.#holdsPictures ? [queue] : [],
    );
    for (const queue of queues) left = this.#sendFrom(queue, nowMs, left);
    if (this.#full && this.#waitingBytes < MAXIMUM_WAITING_BYTES / 2) {
      this.#full = false;
      this.#events.room();
    }
    const next = queues.flatMap(([first]) => first ?? []);
    if (next.length === 0) return;
    const dueMs = Math.min(...next.map(({ mediaMs }) => this.#clock.dueMs(mediaMs)));
    const delayMs = left === 0 ? BURST_INTERVAL_MS : Math.max(0, dueMs - performance.now());
    this.#timer = setTimeout(() => this.#sendDue(), delayMs);
  }

  /** @returns how many more may be sent */
  #sendFrom(queue: Unit[], nowMs: number, most: number): number {
    let left = most;
    for (let unit = queue[0]; unit && left > 0 && this.#clock.dueMs(unit.mediaMs) <= nowMs; unit = queue[0]) {
      const datagrams = unit.datagrams.slice(0, left);
      unit.datagrams = unit.datagrams.slice(left);
      left -= datagrams.length;
      for (const datagram of datagrams) {
        this.#waitingBytes -= datagram.length;
        this.#events.send(datagram);
      }
      if (unit.datagrams.length === 0) queue.shift();
    }
    return left;
  }
}
