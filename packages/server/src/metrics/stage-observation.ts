import { addUp, type DeliveredMedia, type PublishedStream } from '@proscenium/media';
import type { LiveParticipant } from '../participants/live-participant.ts';
import type { StageRef } from '../participants/live-stages.ts';
import { askWithin } from './ask-within.ts';

/** A stage with participants, as it was found. */
export interface ObservedStage {
  readonly stage: StageRef;
  readonly participants: readonly ObservedParticipant[];
}

export interface ObservedParticipant {
  readonly id: string;
  /** The copy of another stage's publisher, of which what comes in is told there. */
  readonly isReplica: boolean;
  readonly client: ObservedClient;
  /** One of several encoders of which a virtual participant is the publisher. */
  readonly isPhysical: boolean;
  /** Undefined: it does not publish. Of a virtual participant none: what comes in is told of each of its encoders. */
  readonly published: readonly PublishedStream[] | undefined;
  /** How many publishers it receives. */
  readonly subscriptions: number;
  /** What is sent to it; undefined where that could not be found out. */
  readonly delivered: DeliveredMedia | undefined;
  /** Of the frames that it received, 0 to 100; undefined where its client does not say. */
  readonly droppedFramesPercent: number | undefined;
  readonly hasSocket: boolean;
}

/** Empty where it is not known. */
export interface ObservedClient {
  readonly platform: string;
  readonly sdkVersion: string;
  readonly countryCode: string;
}

/** What is looked at of a stage. */
export interface ObservableStage {
  readonly ref: StageRef;
  readonly participants: Iterable<LiveParticipant>;
}

export interface ObservationOptions {
  readonly stages: Iterable<ObservableStage>;
  /** Media workers that have not answered by then are left alone. */
  readonly timeoutMs: number;
}

/** Looks at all stages once. */
export async function observeStages({ stages, timeoutMs }: ObservationOptions): Promise<ObservedStage[]> {
  const observed = Array.from(stages, ({ ref, participants }) => ({
    stage: ref,
    participants: Array.from(participants, observeParticipant),
  })).filter(({ participants }) => participants.length > 0);
  await askWithin(
    timeoutMs,
    observed.flatMap(({ participants }) => participants.flatMap(({ ask }) => ask ?? [])),
  );
  return observed.map(({ participants, ...stage }) => ({
    ...stage,
    participants: participants.map(({ found }) => found()),
  }));
}

interface Observing {
  /** Undefined: there is nothing to ask. */
  readonly ask: (() => Promise<void>) | undefined;
  readonly found: () => ObservedParticipant;
}

function observeParticipant(participant: LiveParticipant): Observing {
  const { id, isReplica, isPhysical, isVirtual, record, publish, subscriber, socket, countryCode, playback } =
    participant;
  const subscriptions = [...participant.subscriptions.values()].filter(({ started }) => started);
  const publisherIds = new Set([
    ...(subscriber?.publisherIds ?? []),
    ...subscriptions.map((one) => one.media.publisherId),
  ]);
  let delivered: DeliveredMedia | undefined;
  const ask = async () => {
    const parts = [subscriber?.delivered(), ...subscriptions.map(({ media }) => media.delivered())];
    const answered = (await Promise.all(parts)).flatMap((part) => part ?? []);
    if (answered.length > 0) delivered = addUp(answered);
  };
  return {
    ask: publisherIds.size > 0 ? ask : undefined,
    found: () => ({
      id,
      isReplica,
      client: { platform: platformOf(record), sdkVersion: onOneLine(record.sdkVersion), countryCode },
      isPhysical,
      published: publish?.started ? (isVirtual ? [] : publish.media.streams) : undefined,
      subscriptions: publisherIds.size,
      delivered,
      droppedFramesPercent: playback.droppedFramesPercent,
      hasSocket: socket !== undefined,
    }),
  };
}

/** Only browsers' clients tell of themselves both what they are and which version of the SDK they have. */
function platformOf({ sdkVersion, browserName }: { sdkVersion: string; browserName: string }): string {
  return sdkVersion !== '' && browserName !== '' ? 'web' : '';
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
