import {
  type CodecName,
  type EndReason,
  type MediaKind,
  MediaRefusal,
  type StageMedia,
  type Subscriber,
  type Subscription,
} from '@proscenium/media';
import { createResourceId, type EventErrorCode } from '@proscenium/model';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { AnswerPayload, SubscribePayload } from '../signalling/messages.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import type { ClientData } from './client-data.ts';
import type { LiveParticipant } from './live-participant.ts';
import type { LiveStageOptions } from './live-stage.ts';
import { maximumDurationMs } from './media-limits.ts';
import { Pace } from './pace.ts';
import type { Place } from './places.ts';
import { departureBy, type MediaResource, recordRefusal, type StageContext, standingOf } from './stage-context.ts';
import { leftMeanwhile, type StageRefusal } from './stage-refusal.ts';
import { WishAdmission } from './wish-admission.ts';

/** A subscription that was POSTed and for which there is a place. */
interface SubscribeOrder {
  readonly publisherId: string;
  readonly offer: string;
  readonly place: Place;
  /** Whether it may subscribe still. */
  readonly allowed: () => boolean;
  /** Writes a refusal down. @returns it, to be thrown */
  readonly refuse: (errorCode: EventErrorCode, message: string) => Promise<StageRefusal>;
}

const NOT_ALLOWED = ['INSUFFICIENT_CAPABILITIES', 'The token may not subscribe'] as const;

/** Who receives from a stage: by a POST to each publisher, or by the server's offer over the events socket. */
export class StageSubscribing {
  readonly #stage: StageContext;
  readonly #clock: AlarmClock;
  readonly #maximumDurationMs: number;

  constructor(stage: StageContext, { limits, clock }: Pick<LiveStageOptions, 'limits' | 'clock'>) {
    this.#stage = stage;
    this.#clock = clock;
    this.#maximumDurationMs = maximumDurationMs(limits);
  }

  /** Subscribes to one publisher by the client's offer. @throws {StageRefusal | TokenRefusal | MediaRefusal} */
  async subscribe(
    claims: ParticipantClaims,
    client: ClientData,
    publisherId: string,
    offer: string,
  ): Promise<MediaResource<Subscription>> {
    const refuse = (errorCode: EventErrorCode, message: string) =>
      recordRefusal(
        this.#stage,
        claims,
        { name: 'SUBSCRIBE_ERROR', errorCode, remoteParticipantId: publisherId, replica: this.#isReplica(publisherId) },
        message,
      );
    if (!standingOf(this.#stage, claims).capabilities.subscribe) throw await refuse(...NOT_ALLOWED);
    return this.#stage.attend(claims, client, async (participant) => {
      const { subscriptionPlaces } = participant;
      const full = subscriptionPlaces.fullFor(publisherId);
      if (full) throw await refuse('QUOTA_EXCEEDED', full.fullMessage);
      const place = subscriptionPlaces.take(publisherId);
      try {
        const allowed = () => participant.standing(claims).capabilities.subscribe;
        return await this.#open(participant, { publisherId, offer, place, allowed, refuse });
      } catch (error) {
        place.release();
        throw error;
      }
    });
  }

  async #open(
    participant: LiveParticipant,
    { publisherId, offer, place, allowed, refuse }: SubscribeOrder,
  ): Promise<MediaResource<Subscription>> {
    const owner = participant.ownerOfSubscription(publisherId);
    const media = await this.#stage.openMedia();
    const negotiating = this.#stage.tracing.step('sfu.negotiate', () =>
      media.subscribe(participant.id, publisherId, offer),
    );
    const subscription = await negotiating.catch(async (error) => {
      if (!(error instanceof MediaRefusal)) throw error;
      if (error.reason === 'PUBLISHER_NOT_FOUND') throw await refuse('PUBLISHER_NOT_FOUND', error.message);
      if (error.reason === 'CODEC_MISMATCH') throw await refuse(codecErrorCode(error.kind), error.message);
      throw error;
    });
    if (participant.left || participant.wasEvicted(owner)) {
      subscription.close();
      throw leftMeanwhile();
    }
    if (!allowed()) {
      subscription.close();
      throw await refuse(...NOT_ALLOWED);
    }
    const resourceId = createResourceId();
    const holding = { resourceId, media: subscription, owner, started: false, place };
    participant.subscriptions.set(resourceId, holding);
    this.#watch(participant, resourceId, subscription);
    for (const surplus of participant.surplusSubscriptions(publisherId)) surplus.media.close();
    return holding;
  }

  /** Takes the whole of what a client wants to receive by the server's offer. */
  setWish(participant: LiveParticipant, { codecs, participants }: SubscribePayload): void {
    const wishes = participants
      .filter(({ id }) => id !== participant.id)
      .map(({ id, subscribeType, ...choice }) => ({
        participantId: id,
        kinds: subscribeType === 'AUDIO_ONLY' ? (['audio'] as const) : (['audio', 'video'] as const),
        ...choice,
      }));
    participant.wish = { wishes, codecs: decodableCodecs(codecs) };
    participant.wishPace ??= new Pace(() => {
      participant.wishAdmission?.renew();
      this.applyWish(participant);
    });
    participant.wishPace.ask();
  }

  /** Brings the participant's connection to what it wants, on media that may be new. */
  applyWish(participant: LiveParticipant): void {
    const { wishes, codecs } = participant.wish;
    if (wishes.length > 0 && !participant.claims.capabilities.subscribe) {
      for (const { participantId } of wishes) {
        if (this.#stage.participants.has(participantId)) {
          this.#refuse(participant, participantId, 'INSUFFICIENT_CAPABILITIES');
        }
      }
      return;
    }
    if (participant.subscriber || wishes.length === 0) {
      participant.subscriber?.setWish(wishes, codecs);
      return;
    }
    this.#stage
      .openMedia()
      .then((media) => {
        if (participant.left || participant.subscriber || !participant.claims.capabilities.subscribe) return;
        const subscriber = this.#createSubscriber(participant, media);
        participant.subscriber = subscriber;
        subscriber.setWish(participant.wish.wishes, participant.wish.codecs);
      })
      .catch((error) => this.#failed(participant, error));
  }

  takeAnswer(participant: LiveParticipant, { transportId, offerId, sdp }: AnswerPayload): void {
    participant.subscriber?.answer(transportId, offerId, sdp).catch((error: Error) => {
      participant.socket?.close({ code: 1008, reason: error.message.slice(0, 120) });
    });
  }

  /** Rings when the participant has received for as long as it may without a break; then it is cut off. */
  setDurationAlarm(participant: LiveParticipant): Alarm {
    return this.#clock.setAlarm(this.#maximumDurationMs, () => {
      for (const publisherId of participant.subscriptionPlaces.publisherIds) {
        this.#tellError(participant, publisherId, 'STREAM_DURATION_EXCEEDED');
        this.#recordError(participant, publisherId, 'STREAM_DURATION_EXCEEDED');
      }
      participant.wishAdmission?.barAdmitted();
      participant.subscriber?.refresh();
      for (const { media } of [...participant.subscriptions.values()]) media.close();
    });
  }

  /** Ends all that the participant receives: its new token does not let it subscribe. Another one may, for the same wish. */
  revoke(participant: LiveParticipant): void {
    for (const { media } of [...participant.subscriptions.values()]) media.close();
    participant.subscriber?.close();
    participant.subscriber = undefined;
  }

  /** Ends what the participant receives by the server's offer. */
  drop(participant: LiveParticipant): void {
    participant.wishPace?.cancel();
    participant.subscriber?.close();
    participant.subscriber = undefined;
    participant.wish = { wishes: [], codecs: new Set() };
  }

  #watch(participant: LiveParticipant, resourceId: string, subscription: Subscription): void {
    const { publisherId } = subscription;
    const replica = this.#isReplica(publisherId);
    subscription.once('connected', () => {
      const holding = participant.subscriptions.get(resourceId);
      if (!holding) return;
      holding.started = true;
      this.#record(participant, 'SUBSCRIBE_STARTED', publisherId, replica);
    });
    const end = (reason: EndReason | 'publisherEnded') => {
      const holding = participant.subscriptions.get(resourceId);
      if (!holding) return;
      participant.subscriptions.delete(resourceId);
      holding.place.release();
      if (holding.started) this.#record(participant, 'SUBSCRIBE_STOPPED', publisherId, replica);
      this.#stage.leaveIfIdle(participant, departureBy(reason));
    };
    subscription.once('ended', end);
    if (subscription.ended) end('lost');
  }

  #createSubscriber(participant: LiveParticipant, media: StageMedia): Subscriber {
    const admission = new WishAdmission({
      places: participant.subscriptionPlaces,
      onRefused: (publisherId) => this.#refuse(participant, publisherId, 'QUOTA_EXCEEDED'),
      onAdmitted: () => subscriber.refresh(),
    });
    const subscriber = media.createSubscriber(admission.admit);
    this.#stage.tracing.followSubscriber(participant.claims, subscriber);
    participant.wishAdmission = admission;
    subscriber.once('closed', () => admission.close());
    this.#watchSubscriber(participant, subscriber, media);
    return subscriber;
  }

  #watchSubscriber(participant: LiveParticipant, subscriber: Subscriber, media: StageMedia): void {
    subscriber.on('offer', (offer) => send(participant, 'SUBSCRIBER_OFFER', offer));
    subscriber.on('layers', (report) => send(participant, 'LAYERS', report));
    /** Those that are received: they may have left when their end is told. */
    const replicas = new Set<string>();
    subscriber.on('subscribed', (publisherId) => {
      const replica = this.#isReplica(publisherId);
      if (replica) replicas.add(publisherId);
      this.#record(participant, 'SUBSCRIBE_STARTED', publisherId, replica);
    });
    subscriber.on('unsubscribed', (publisherId) =>
      this.#record(participant, 'SUBSCRIBE_STOPPED', publisherId, replicas.delete(publisherId)),
    );
    subscriber.on('refused', (publisherId, kind) => this.#refuse(participant, publisherId, codecErrorCode(kind)));
    subscriber.on('unserved', (publisherId, error) => {
      this.#failed(participant, error);
      this.#refuse(participant, publisherId, 'INTERNAL_SERVER_EXCEPTION');
    });
    // The whole connection is made anew: its client sees that.
    subscriber.on('failed', (error) => this.#failed(participant, error));
    subscriber.once('closed', () => media.removeSubscriber(subscriber));
  }

  #refuse(participant: LiveParticipant, publisherId: string, errorCode: EventErrorCode): void {
    this.#tellError(participant, publisherId, errorCode);
    // A client may ask for the same again and again.
    if (!participant.isNewRefusal(publisherId, errorCode) || !this.#stage.journal.admitsError()) return;
    this.#recordError(participant, publisherId, errorCode);
  }

  #tellError(participant: LiveParticipant, publisherId: string, errorCode: EventErrorCode): void {
    send(participant, 'SUBSCRIBE_ERROR', { participantId: publisherId, errorCode });
  }

  #recordError(participant: LiveParticipant, publisherId: string, errorCode: EventErrorCode): void {
    const { journal } = this.#stage;
    const details = { remoteParticipantId: publisherId, errorCode, replica: this.#isReplica(publisherId) };
    journal.record({ events: [journal.event('SUBSCRIBE_ERROR', participant.id, details)] });
  }

  /** @param replica whether the publisher is one */
  #record(
    participant: LiveParticipant,
    name: 'SUBSCRIBE_STARTED' | 'SUBSCRIBE_STOPPED',
    publisherId: string,
    replica: boolean,
  ): void {
    const { journal } = this.#stage;
    journal.record({ events: [journal.event(name, participant.id, { remoteParticipantId: publisherId, replica })] });
  }

  #isReplica(publisherId: string): boolean {
    return this.#stage.participants.get(publisherId)?.isReplica ?? false;
  }

  #failed(participant: LiveParticipant, error: unknown): void {
    this.#stage.logger.warn({ err: error, participantId: participant.id }, 'a subscriber could not be served');
  }
}

function send(participant: LiveParticipant, type: string, payload: object): void {
  participant.socket?.send(JSON.stringify({ type, payload }));
}

function codecErrorCode(kind: MediaKind): EventErrorCode {
  return kind === 'audio' ? 'INVALID_AUDIO_CODEC' : 'INVALID_VIDEO_CODEC';
}

/** The stage's codecs among those that a browser names (`video/H264`). */
function decodableCodecs(names: readonly string[]): Set<CodecName> {
  const known: ReadonlyMap<string, CodecName> = new Map([
    ['audio/opus', 'opus'],
    ['video/h264', 'h264'],
    ['video/vp8', 'vp8'],
  ]);
  return new Set(names.flatMap((name) => known.get(name.toLowerCase()) ?? []));
}
