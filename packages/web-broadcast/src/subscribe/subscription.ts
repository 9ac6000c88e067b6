import type { MediaKind, ParticipantWish } from '../connection/messages.ts';
import { StageParticipantSubscribeState } from '../stage/stage-events.ts';
import type { StageParticipant } from '../stage/stage-participant.ts';
import { SubscribeType } from '../stage/stage-strategy.ts';
import type { RemoteStageStream } from '../streams/remote-stage-stream.ts';
import type { PublishWish } from './posted-delivery.ts';

const KINDS: readonly MediaKind[] = ['audio', 'video'];

/** How something is subscribed to. */
export type SubscribeChoices = Readonly<Pick<Subscription, 'startsHigh' | 'minimumDelayMs' | 'readsMessages'>>;

/** What a client wants and has of one remote participant. */
export class Subscription {
  readonly participant: StageParticipant;
  state: StageParticipantSubscribeState = StageParticipantSubscribeState.NOT_SUBSCRIBED;
  streams: readonly RemoteStageStream[] = [];
  wish: SubscribeType = SubscribeType.NONE;
  /** Where a video begins. */
  startsHigh = false;
  /** How long what is received waits at least before it is played; undefined for as little as the network allows. */
  minimumDelayMs: number | undefined;
  /** Whether messages are read from its video. */
  readsMessages = false;
  /** The label of the highest layer to be received. */
  preferredLayer: string | undefined;
  /** Why the server cannot serve it: an event error code. */
  refused: string | undefined;
  /** The publish for which the rest holds. */
  publishId: string | undefined;
  /** Whether it published when streams were compared last. */
  wasPublishing = false;
  /** A publisher that pauses stays wished, so that its next publish comes without being asked for. */
  hasPublished = false;

  constructor(participant: StageParticipant) {
    this.participant = participant;
  }

  /** Whether there is something to receive and it is wanted. */
  get wanted(): boolean {
    return this.wish !== SubscribeType.NONE && this.participant.isPublishing;
  }

  wants(kind: MediaKind): boolean {
    return this.wanted && (kind === 'audio' || this.wish === SubscribeType.AUDIO_VIDEO);
  }

  /** The kinds of which something is to come: those that are wanted and, as far as the server tells, there. */
  get wantedKinds(): MediaKind[] {
    return KINDS.filter((kind) => this.wants(kind) && (this.participant.tracks?.includes(kind) ?? true));
  }

  /** Whether something of it is to come that the server has not refused. */
  get isAwaited(): boolean {
    return this.wantedKinds.length > 0 && !this.refused;
  }

  /** As a posted offer is to ask for it: a kind that is not there yet may come. */
  get publishWish(): PublishWish {
    const { id, publishId } = this.participant;
    return { participantId: id, publishId, kinds: KINDS.filter((kind) => this.wants(kind)) };
  }

  /** As the server is to hear it. */
  get told(): ParticipantWish {
    const paused = this.streams.filter(({ heldBack }) => heldBack).map(({ streamType }) => streamType);
    return {
      id: this.participant.id,
      subscribeType: this.wish === SubscribeType.AUDIO_VIDEO ? 'AUDIO_VIDEO' : 'AUDIO_ONLY',
      ...(this.startsHigh ? { initialLayer: 'HIGHEST' as const } : {}),
      ...(this.preferredLayer === undefined ? {} : { preferredLayer: this.preferredLayer }),
      ...(paused.length > 0 ? { paused } : {}),
    };
  }

  streamOf(kind: MediaKind): RemoteStageStream | undefined {
    return this.streams.find(({ streamType }) => streamType === kind);
  }
}
