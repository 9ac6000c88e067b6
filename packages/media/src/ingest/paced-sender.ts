import type { MediaKind } from '../webrtc/remote-description.ts';
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

/** Sends what has come when it is due, sound and picture each in the order in which they came. */
export class PacedSender {
  readonly #clock: PlayoutClock;
  readonly #events: PacedSenderEvents;
  readonly #queues: Record<MediaKind, Unit[]> = { audio: [], video: [] };
  #waitingBytes = 0;
  #full = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(clock: PlayoutClock, events: PacedSenderEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  push(kind: MediaKind, mediaMs: number, datagrams: readonly Buffer[]): void {
    this.#queues[kind].push({ mediaMs, datagrams });
    for (const { length } of datagrams) this.#waitingBytes += length;
    if (!this.#full && this.#waitingBytes > MAXIMUM_WAITING_BYTES) {
      this.#full = true;
      this.#events.full();
    }
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
    // Sound first: it is small, and its gaps are heard.
    for (const kind of ['audio', 'video'] as const) left = this.#sendFrom(this.#queues[kind], nowMs, left);
    if (this.#full && this.#waitingBytes < MAXIMUM_WAITING_BYTES / 2) {
      this.#full = false;
      this.#events.room();
    }
    const next = [this.#queues.audio[0], this.#queues.video[0]].filter((unit) => unit !== undefined);
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
