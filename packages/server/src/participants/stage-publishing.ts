import {
  type EndReason,
  type MediaKind,
  MediaRefusal,
  type Publisher,
  type RefusalReason,
  type StageMedia,
  type WhipPublisher,
} from '@proscenium/media';
import { createResourceId, type EventErrorCode, type ParticipantProtocol } from '@proscenium/model';
import type { AlarmClock } from '../clock.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import type { ClientData } from './client-data.ts';
import type { LiveParticipant, MuteState, PublishHolding } from './live-participant.ts';
import type { LiveStageOptions } from './live-stage.ts';
import { type MediaLimits, maximumDurationMs, staggeredDurationMs } from './media-limits.ts';
import { takeAll } from './places.ts';
import { publishViolation } from './publish-violation.ts';
import { departureBy, type MediaResource, recordRefusal, type StageContext, standingOf } from './stage-context.ts';
import { leftMeanwhile, type StageRefusal } from './stage-refusal.ts';

/** The refusals that stand among the participant events. */
function publishErrorCodes({ kind }: MediaRefusal): Partial<Record<RefusalReason, EventErrorCode>> {
  return {
    CODEC_MISMATCH: kind === 'audio' ? 'INVALID_AUDIO_CODEC' : 'INVALID_VIDEO_CODEC',
    NO_VIDEO_SECTION: 'INVALID_VIDEO_CODEC',
  };
}

/** Who publishes into a stage: from the offer to the last packet. */
export class StagePublishing {
  readonly #stage: StageContext;
  readonly #limits: MediaLimits;
  readonly #clock: AlarmClock;

  constructor(stage: StageContext, options: Pick<LiveStageOptions, 'limits' | 'clock'>) {
    this.#stage = stage;
    this.#limits = options.limits;
    this.#clock = options.clock;
  }

  /** By WHIP. @throws {StageRefusal | TokenRefusal | MediaRefusal} */
  async publish(claims: ParticipantClaims, client: ClientData, offer: string): Promise<MediaResource<WhipPublisher>> {
    if (!standingOf(this.#stage, claims).capabilities.publish) throw await this.#refuse(claims);
    return this.#stage.attend(claims, client, async (participant) => {
      const negotiate = (media: StageMedia) =>
        this.#stage.tracing.step('sfu.negotiate', () => media.publish(participant.id, offer));
      const holding = await this.begin(participant, claims, 'WHIP', negotiate);
      const resource = { resourceId: createResourceId(), media: holding.media };
      holding.resource = resource;
      return resource;
    });
  }

  /** Publishes for a participant whom the caller holds in the stage. @throws {StageRefusal | MediaRefusal} */
  async begin<Media extends Publisher>(
    participant: LiveParticipant,
    claims: ParticipantClaims,
    protocol: ParticipantProtocol,
    make: (media: StageMedia) => Promise<Media>,
  ): Promise<PublishHolding & { readonly media: Media }> {
    participant.publishesPending += 1;
    try {
      // The virtual participant has the place of its encoders.
      if (!participant.isPhysical) await this.#takePlace(participant, claims);
      const owner = participant.ownerOfPublish();
      const media = await make(await this.#stage.openMedia()).catch(async (error) => {
        if (!(error instanceof MediaRefusal)) throw error;
        const errorCode = publishErrorCodes(error)[error.reason];
        if (!errorCode) throw error;
        throw await recordRefusal(this.#stage, claims, { name: 'PUBLISH_ERROR', errorCode }, error.message);
      });
      if (participant.left || participant.wasEvicted(owner)) {
        media.close();
        throw leftMeanwhile();
      }
      if (!participant.standing(claims).capabilities.publish) {
        media.close();
        throw await this.#refuse(claims);
      }
      const cutOff = () => this.#cut(participant, media, 'STREAM_DURATION_EXCEEDED');
      const durationMs = this.#durationMs(participant);
      const durationAlarm = this.#clock.setAlarm(durationMs, cutOff);
      const endsAtMs = this.#clock.now().getTime() + durationMs;
      const holding = { resource: undefined, protocol, media, owner, started: false, durationAlarm, endsAtMs };
      participant.publish = holding;
      this.#watch(participant, media);
      return holding;
    } finally {
      participant.publishesPending -= 1;
      this.#leavePlace(participant);
    }
  }

  setMuted(participant: LiveParticipant, muteState: MuteState): void {
    const { audioMuted, videoStopped } = participant.muteState;
    if (muteState.audioMuted === audioMuted && muteState.videoStopped === videoStopped) return;
    participant.muteState = muteState;
    this.#applyMute(participant);
    if (!participant.isPublishing) return;
    this.#stage.stateChanged();
    this.#stage.tell('changed', participant.id);
  }

  /** Ends the publish, if any: its participant's new token does not let it publish. */
  revoke({ publish }: LiveParticipant): void {
    publish?.media.close();
  }

  /** A programme of several encoders has no end, and its encoders do not end together. */
  #durationMs(participant: LiveParticipant): number {
    const maximumMs = maximumDurationMs(this.#limits);
    if (participant.isVirtual) return Infinity;
    if (!participant.isPhysical) return maximumMs;
    const nowMs = this.#clock.now().getTime();
    const { ingestConfigurationArn } = participant.record;
    const others = [...this.#stage.participants.values()].filter(
      (other) =>
        other !== participant && other.isPhysical && other.record.ingestConfigurationArn === ingestConfigurationArn,
    );
    return staggeredDurationMs(
      maximumMs,
      others.flatMap(({ publish }) => (publish ? [publish.endsAtMs - nowMs] : [])),
    );
  }

  #refuse(claims: ParticipantClaims): Promise<StageRefusal> {
    const error = { name: 'PUBLISH_ERROR', errorCode: 'INSUFFICIENT_CAPABILITIES' } as const;
    return recordRefusal(this.#stage, claims, error, 'The token may not publish');
  }

  async #takePlace(participant: LiveParticipant, claims: ParticipantClaims): Promise<void> {
    if (participant.publishPlace) return;
    const { stage, account } = this.#stage.places.publishers;
    const full = [stage, account].find(({ isFull }) => isFull);
    const error = { name: 'PUBLISH_ERROR', errorCode: 'QUOTA_EXCEEDED' } as const;
    if (full) throw await recordRefusal(this.#stage, claims, error, full.fullMessage);
    participant.publishPlace = takeAll([stage, account]);
  }

  #leavePlace(participant: LiveParticipant): void {
    if (participant.publish || participant.publishesPending > 0) return;
    participant.publishPlace?.release();
    participant.publishPlace = undefined;
  }

  #watch(participant: LiveParticipant, publisher: Publisher): void {
    publisher.on('media', () => {
      this.#startIfFlowing(participant);
      this.#stage.stateChanged();
    });
    publisher.on('remade', () => {
      this.#stage.stateChanged();
      this.#watchLayers(participant, publisher);
    });
    this.#watchLayers(participant, publisher);
    publisher.on('video', () => this.#judge(participant, publisher));
    publisher.on('bitrate', (averageBps) => this.#judge(participant, publisher, averageBps));
    publisher.once('violation', (violation) => this.#cut(participant, publisher, violation));
    publisher.once('connected', () => this.#startIfFlowing(participant));
    publisher.once('ended', (reason) => this.#ended(participant, publisher, reason));
    if (publisher.ended) this.#ended(participant, publisher, 'lost');
    else this.#applyMute(participant);
  }

  #watchLayers(participant: LiveParticipant, publisher: Publisher): void {
    publisher.layers?.demand.on('changed', () => this.tellLayers(participant));
    this.tellLayers(participant);
  }

  /** Tells the participant's own client which layers of its publish somebody may receive. */
  tellLayers({ publish, socket }: LiveParticipant): void {
    const { publishId, layers } = publish?.media ?? {};
    if (!layers) return;
    const highest = layers.demand.highest;
    const payload = {
      publishId,
      layers: layers.list.flatMap(({ rid }, layer) => (rid === undefined ? [] : [{ rid, active: layer <= highest }])),
    };
    socket?.send(JSON.stringify({ type: 'PUBLISH_LAYERS', payload }));
  }

  #judge(participant: LiveParticipant, publisher: Publisher, averageBps?: number): void {
    // Each of its encoders is judged, and a change from one to the other may bring much at once.
    if (participant.isVirtual) return;
    const errorCode = publishViolation({ video: publisher.video.values(), averageBps }, this.#limits);
    if (errorCode) this.#cut(participant, publisher, errorCode);
  }

  /** Ends a publish that breaks a rule. Its client is told why before it sees the connection end. */
  #cut(participant: LiveParticipant, publisher: Publisher, errorCode: EventErrorCode): void {
    if (participant.publish?.media !== publisher) return;
    const { journal, logger } = this.#stage;
    logger.info({ participantId: participant.id, errorCode }, 'publish cut');
    journal.record({
      record: participant.record,
      events: [journal.event('PUBLISH_ERROR', participant.id, { errorCode })],
    });
    participant.socket?.send(JSON.stringify({ type: 'PUBLISH_ERROR', payload: { errorCode } }));
    publisher.close(errorCode);
  }

  #applyMute(participant: LiveParticipant): void {
    const { publish, muteState } = participant;
    if (!publish) return;
    const paused: [MediaKind, boolean][] = [
      ['audio', muteState.audioMuted],
      ['video', muteState.videoStopped],
    ];
    for (const [kind, value] of paused) {
      publish.media.setPaused(kind, value).catch((error) => {
        // A publish that ended meanwhile has nothing left to pause.
        if (!publish.media.ended) this.#stage.logger.warn({ err: error }, 'a stream could not be paused or resumed');
      });
    }
    this.#startIfFlowing(participant);
  }

  /** A publish counts from its first packet on; a client whose streams are all muted sends none, but is there. */
  #startIfFlowing(participant: LiveParticipant): void {
    const { publish, muteState } = participant;
    if (!publish || publish.started || publish.media.ended) return;
    const muted = publish.media.connected && muteState.audioMuted && muteState.videoStopped;
    if (publish.media.kinds.length === 0 && !muted) return;
    publish.started = true;
    participant.shown = participant.claims;
    participant.record = { ...participant.record, published: true, protocol: publish.protocol };
    this.#record(participant, 'PUBLISH_STARTED');
    this.#stage.tell('published', participant.id);
    this.#stage.logger.info({ participantId: participant.id }, 'publish started');
    this.#stage.stateChanged();
  }

  #ended(participant: LiveParticipant, publisher: Publisher, reason: EndReason): void {
    const { publish } = participant;
    if (publish?.media !== publisher) return;
    participant.publish = undefined;
    publish.durationAlarm.cancel();
    this.#leavePlace(participant);
    if (publish.started) {
      this.#record(participant, 'PUBLISH_STOPPED');
      this.#stage.tell('unpublished', participant.id);
      this.#stage.logger.info({ participantId: participant.id, reason }, 'publish stopped');
      this.#stage.stateChanged();
    }
    this.#stage.leaveIfIdle(participant, departureBy(reason));
  }

  #record(participant: LiveParticipant, name: 'PUBLISH_STARTED' | 'PUBLISH_STOPPED'): void {
    const { journal } = this.#stage;
    journal.record({ record: participant.record, events: [journal.event(name, participant.id)] });
  }
}
