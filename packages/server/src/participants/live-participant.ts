import type {
  CodecName,
  Publication,
  Publisher,
  Replica,
  Subscriber,
  Subscription,
  WhipPublisher,
  Wish,
} from '@proscenium/media';
import type { EventErrorCode, ParticipantProtocol } from '@proscenium/model';
import type { Alarm } from '../clock.ts';
import type { EventsSocket } from '../signalling/events-socket.ts';
import type { ClientMessage } from '../signalling/messages.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import type { Pace } from './pace.ts';
import type { RecordingChange } from './participant-recording.ts';
import type { ParticipantRecord } from './participant-table.ts';
import type { Place } from './places.ts';
import { Playback } from './playback.ts';
import type { MediaResource } from './stage-context.ts';
import type { SubscriptionPlaces } from './subscription-places.ts';
import type { WishAdmission } from './wish-admission.ts';

/** A publish or a subscription, and the socket to whose client it is taken to belong. */
interface Holding<Media> {
  readonly media: Media;
  owner: EventsSocket | undefined;
  /** Whether its start stands among the participant events. */
  started: boolean;
}
export type PublishHolding = Holding<Publisher> & {
  /** What was POSTed; undefined: the publish came another way. */
  resource: MediaResource<WhipPublisher> | undefined;
  readonly protocol: ParticipantProtocol;
  /** Rings when it has lasted for as long as it may. */
  readonly durationAlarm: Alarm;
  /** When that is, in milliseconds since 1970. */
  readonly endsAtMs: number;
};
export type SubscriptionHolding = Holding<Subscription> & { readonly resourceId: string; readonly place: Place };

/** A token that is to take the place of the present one. */
export interface TokenExchange {
  /** By which it was offered, and is answered. */
  readonly socket: EventsSocket;
  readonly exchangeId: number;
  readonly token: string;
  /** What the client has said since. */
  readonly waiting: ClientMessage[];
}

/** What a publisher's own client says of its streams. */
export interface MuteState {
  readonly audioMuted: boolean;
  readonly videoStopped: boolean;
}

/** Subscriptions to one publisher that one participant may hold at a time: players reconnect before they let go. */
const MAXIMUM_SUBSCRIPTIONS_PER_PUBLISHER = 4;
const MAXIMUM_REFUSALS_KNOWN = 1_000;

/**
 * A connected participant and all that its connection is made of: one events socket, one publish, and subscriptions
 * (docs/signalling.md, "Which connection wins"). Of a replica nobody is connected: its media is all that there is.
 */
export class LiveParticipant {
  claims: ParticipantClaims;
  /** As the others know it: they hear of a new token's user id and attributes when it publishes. */
  shown: ParticipantClaims;
  /** Whether `claims` are of a token that it was exchanged for. */
  exchanged = false;
  /** The one that is under way. */
  exchange: TokenExchange | undefined;
  /** At which its exchanges are looked at. */
  exchangePace: Pace | undefined;
  /** Its join is written down, or is about to be. */
  recorded = false;
  /** Those that are written down, the newest last. */
  readonly #refusals = new Set<string>();
  /** How often its client has called itself something else. */
  sdkVersionChanges = 0;
  /** Filled when the join is recorded. */
  record: ParticipantRecord;
  /** Changes that came while its record of an earlier visit was being read, which may not hold them. */
  readonly earlyRecordingChanges: { readonly sessionId: string; readonly change: RecordingChange }[] = [];
  /** The session that it is in; `''` until the join is recorded. */
  sessionId = '';
  /** ISO 3166-1 alpha-2, where a proxy tells it; `''` where none does. */
  countryCode = '';
  readonly playback = new Playback();
  muteState: MuteState = { audioMuted: false, videoStopped: false };
  socket: EventsSocket | undefined;
  /** By which real-time connection it came, if by one; kept when that is lost. */
  connectionKey: string | undefined;
  publish: PublishHolding | undefined;
  /** In place of a publish, of a replica. */
  replica: Replica | undefined;
  /** It stands for several encoders that send the same, each of which is a participant of its own. */
  isVirtual = false;
  /** Publishes that are being set up. */
  publishesPending = 0;
  /** Held while there is a publish, or one is being set up: the next one needs no other. */
  publishPlace: Place | undefined;
  readonly subscriptionPlaces: SubscriptionPlaces;
  readonly subscriptions = new Map<string, SubscriptionHolding>();
  /** Subscriptions by the server's offer; belongs to the socket and outlives it by the reconnect grace time. */
  subscriber: Subscriber | undefined;
  /** Of `subscriber`: whom it may receive. */
  wishAdmission: WishAdmission | undefined;
  /** At which its wishes are applied. */
  wishPace: Pace | undefined;
  wish: { readonly wishes: readonly Wish[]; readonly codecs: ReadonlySet<CodecName> } = {
    wishes: [],
    codecs: new Set(),
  };
  /** Runs while a lost socket is waited for. */
  graceAlarm: Alarm | undefined;
  /** Requests under way that count as being connected. */
  pending = 0;
  left = false;
  /** Resolves when the join is durable. */
  joined: Promise<void> = Promise.resolve();

  constructor(claims: ParticipantClaims, record: ParticipantRecord, subscriptionPlaces: SubscriptionPlaces) {
    this.claims = claims;
    this.shown = claims;
    this.record = record;
    this.subscriptionPlaces = subscriptionPlaces;
  }

  get id(): string {
    return this.claims.participantId;
  }

  /** One of several encoders that send the same: a virtual participant is seen in their place. */
  get isPhysical(): boolean {
    return this.record.redundantIngest === true;
  }

  /** Copied from another stage (docs/behaviour.md, "Participant replication"). */
  get isReplica(): boolean {
    return this.record.replicationType === 'REPLICA';
  }

  /**
   * What counts for a request that bears these claims. Once there was an exchange, whatever was issued before the new token
   * counts as that one; what was issued later stands for itself.
   */
  standing(claims: ParticipantClaims): ParticipantClaims {
    const { exchanged, claims: present } = this;
    const later = claims.issuedAt && present.issuedAt && claims.issuedAt > present.issuedAt;
    return exchanged && !later ? present : claims;
  }

  /** What others may receive of it, once its media flows. */
  get publication(): Publication | undefined {
    return this.publish?.started ? this.publish.media : this.replica;
  }

  get isPublishing(): boolean {
    return this.publication !== undefined;
  }

  /** True while nothing holds the participant in the stage. */
  get idle(): boolean {
    const media = this.publish || this.replica || this.subscriptions.size > 0;
    return this.pending === 0 && !this.socket && !this.graceAlarm && !media;
  }

  /**
   * Makes this socket the participant's one. A living earlier one is evicted with all that its client POSTed; a dead one, and
   * one of the same client, which knows best, is replaced silently, and its media goes on. What nobody owns yet was POSTed by this socket's client.
   *
   * @returns the earlier socket, if any, and whether it was evicted; the caller closes it
   */
  attachSocket(socket: EventsSocket): { previous: EventsSocket | undefined; evicted: boolean } {
    const previous = this.socket;
    const sameClient = previous?.clientId !== undefined && previous.clientId === socket.clientId;
    const evicted = previous?.live === true && !sameClient;
    if (evicted) {
      if (this.publish?.owner === previous) this.publish?.media.close();
      for (const { owner, media } of [...this.subscriptions.values()]) if (owner === previous) media.close();
    }
    this.socket = socket;
    this.connectionKey = socket.connectionKey;
    this.graceAlarm?.cancel();
    this.graceAlarm = undefined;
    if (this.publish) this.publish.owner = socket;
    for (const holding of this.subscriptions.values()) holding.owner = socket;
    return { previous, evicted };
  }

  /** Whose a new publish is: a second one beside a living first comes from another client, which has no socket yet. */
  ownerOfPublish(): EventsSocket | undefined {
    const live = this.#liveSocket();
    return live && this.publish?.owner === live ? undefined : live;
  }

  ownerOfSubscription(publisherId: string): EventsSocket | undefined {
    const live = this.#liveSocket();
    return live && this.subscriptionsTo(publisherId).some(({ owner }) => owner === live) ? undefined : live;
  }

  subscriptionsTo(publisherId: string): SubscriptionHolding[] {
    return [...this.subscriptions.values()].filter(({ media }) => media.publisherId === publisherId);
  }

  /** The oldest subscriptions to this publisher beyond what one participant may hold. */
  surplusSubscriptions(publisherId: string): SubscriptionHolding[] {
    const held = this.subscriptionsTo(publisherId);
    return held.slice(0, Math.max(0, held.length - MAXIMUM_SUBSCRIPTIONS_PER_PUBLISHER));
  }

  /** @returns whether this refusal is to be written down: each is once, unless a thousand others came since */
  isNewRefusal(publisherId: string, errorCode: EventErrorCode): boolean {
    const refusal = `${publisherId} ${errorCode}`;
    const isNew = !this.#refusals.delete(refusal);
    this.#refusals.add(refusal);
    const [oldest] = this.#refusals;
    if (oldest !== undefined && this.#refusals.size > MAXIMUM_REFUSALS_KNOWN) this.#refusals.delete(oldest);
    return isNew;
  }

  /** Whether the client that asked was evicted while its request was under way. */
  wasEvicted(owner: EventsSocket | undefined): boolean {
    return owner?.said?.reason === 'token-reused';
  }

  #liveSocket(): EventsSocket | undefined {
    return this.socket?.live ? this.socket : undefined;
  }
}
