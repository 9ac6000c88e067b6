import { nowMs } from '@proscenium/participant/connection';
import type { Publisher } from '../clients/publisher.ts';
import type { Received, Receiver } from '../clients/receiver.ts';
import { Distribution } from './distribution.ts';
import { Failures, failureReason } from './failures.ts';

/** What has been counted so far, of all who ever took part. Nothing in it falls, but for what is lost and then repaired. */
export interface Totals {
  /** Packets that publishers sent, without repetitions; and bytes of all that they sent. */
  readonly sent: number;
  readonly sentBytes: number;
  /** Packets that publishers sent once more. */
  readonly repeated: number;
  readonly keyFrameRequests: number;
  readonly duePictures: number;
  readonly skippedPictures: number;
  readonly received: number;
  readonly receivedBytes: number;
  readonly repaired: number;
  readonly lost: number;
  readonly asked: number;
  readonly opened: number;
  readonly notAuthentic: number;
  /** Streams that carried packets: a picture, or a sound, of one publisher to one subscriber. */
  readonly streams: number;
  /** How long subscriptions have been there, of all together. */
  readonly subscriptionMs: number;
}

/** A connection by which somebody receives. */
interface Reception {
  readonly attachedMs: number;
  /** Undefined when nobody waits for its first packet. */
  wishedMs: number | undefined;
  firstPacketSeen: boolean;
  readonly subscriptions: number;
}

type ReceivedTotals = Record<(typeof RECEIVED)[number] | 'receivedBytes' | 'subscriptionMs', number>;
const RECEIVED = ['received', 'repaired', 'lost', 'asked', 'opened', 'notAuthentic', 'streams'] as const;

/** Whoever was connected for less need not have got anything. */
const MEDIA_GUARD_MS = 5_000;

/** Where everything is written down that happens in a test. */
export class Ledger {
  readonly joinMs = { publishers: new Distribution(), subscribers: new Distribution() };
  readonly firstPacketMs = new Distribution();
  readonly firstKeyFrameMs = new Distribution();
  readonly latencyMs = new Distribution();
  /** Of whatever time its reader clears it after. */
  readonly recentLatencyMs = new Distribution();
  readonly failures = new Failures();
  readonly disconnects = new Failures();
  readonly publishers = new Set<Publisher>();
  readonly #receptions = new Map<Receiver, Reception>();
  readonly #gone: ReceivedTotals = {
    received: 0,
    repaired: 0,
    lost: 0,
    asked: 0,
    opened: 0,
    notAuthentic: 0,
    streams: 0,
    receivedBytes: 0,
    subscriptionMs: 0,
  };
  readonly #mediaGuardMs: number;

  /** @param durationMs of the test: nobody can be expected to get a picture only after it */
  constructor(durationMs: number) {
    this.#mediaGuardMs = Math.min(MEDIA_GUARD_MS, durationMs);
  }

  failed(what: 'publish' | 'subscribe' | 'leave', error: unknown): void {
    this.failures.add(`${what}: ${failureReason(error)}`);
  }

  disconnected(who: 'publisher' | 'subscriber', error: unknown): void {
    this.disconnects.add(`${who}: ${failureReason(error)}`);
  }

  attach(receiver: Receiver, reception: { wishedMs: number | undefined; subscriptions: number }): void {
    this.#receptions.set(receiver, { ...reception, attachedMs: nowMs(), firstPacketSeen: false });
  }

  /** What it got stays counted. Does nothing for one that is not attached. */
  detach(receiver: Receiver): void {
    const reception = this.#receptions.get(receiver);
    if (!reception) return;
    const received = this.#read(receiver, reception);
    this.#receptions.delete(receiver);
    count(this.#gone, received, reception);
    const waitedMs = nowMs() - reception.attachedMs;
    if (waitedMs < this.#mediaGuardMs || received.firstKeyFrameMs !== undefined) return;
    this.failures.add(`receive: no ${received.firstPacketMs === undefined ? 'packet' : 'whole key frame'} came`);
  }

  /** Reads everything that has come. To be called every few seconds: receivers keep only so many latencies. */
  read(): Totals {
    const totals = { ...this.#gone };
    for (const [receiver, reception] of this.#receptions) count(totals, this.#read(receiver, reception), reception);
    const publishers = [...this.publishers];
    const sum = (figure: (publisher: Publisher) => number) =>
      publishers.reduce((total, publisher) => total + figure(publisher), 0);
    return {
      ...totals,
      sent: sum(({ sent }) => sent),
      sentBytes: sum(({ bytes }) => bytes),
      repeated: sum(({ repeated }) => repeated),
      keyFrameRequests: sum(({ keyFrameRequests }) => keyFrameRequests),
      duePictures: sum(({ duePictures }) => duePictures),
      skippedPictures: sum(({ skippedPictures }) => skippedPictures),
    };
  }

  #read(receiver: Receiver, reception: Reception): Received {
    const { received } = receiver;
    for (const latencyMs of received.latenciesMs) {
      this.latencyMs.add(latencyMs);
      this.recentLatencyMs.add(latencyMs);
    }
    receiver.forgetLatencies();
    this.#noteFirsts(received, reception);
    return received;
  }

  #noteFirsts({ firstPacketMs, firstKeyFrameMs }: Received, reception: Reception): void {
    const { wishedMs, firstPacketSeen } = reception;
    if (wishedMs === undefined || firstPacketMs === undefined) return;
    if (!firstPacketSeen) this.firstPacketMs.add(firstPacketMs - wishedMs);
    reception.firstPacketSeen = true;
    if (firstKeyFrameMs === undefined) return;
    this.firstKeyFrameMs.add(firstKeyFrameMs - wishedMs);
    reception.wishedMs = undefined;
  }
}

function count(totals: ReceivedTotals, received: Received, { attachedMs, subscriptions }: Reception): void {
  for (const figure of RECEIVED) totals[figure] += received[figure];
  totals.receivedBytes += received.bytes;
  totals.subscriptionMs += (nowMs() - attachedMs) * subscriptions;
}
