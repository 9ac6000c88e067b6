import { isDeepStrictEqual } from 'node:util';
import type { Publisher, Replica } from '@proscenium/media';
import { ConflictException } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import { stages } from '../stages/stage-table.ts';
import type { LiveParticipant } from './live-participant.ts';
import type { StageRef } from './live-stages.ts';
import { newParticipantRecord } from './participant-record.ts';
import type { StageContext } from './stage-context.ts';
import type { JournalEntry } from './stage-journal.ts';
import { leftMeanwhile } from './stage-refusal.ts';

/** A participant of another stage whose media flows, and how it is to be shown. */
export interface ReplicatedPublisher {
  readonly participant: LiveParticipant;
  readonly publisher: Publisher;
  /** What it gets over the attributes that it has. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A participant of a stage that is the copy of one of another stage. */
export interface LiveReplica {
  /** The session that it is in. */
  readonly sessionId: string;
  /** Takes over what is new of its publisher: mute state, user id, attributes and capabilities. */
  update(): void;
  /** Takes it out of the stage. Resolves when that is durable; does nothing to one that is out already. */
  leave(): Promise<void>;
}

/** Who is in a stage as the copy of another stage's publisher. */
export class StageReplicas {
  readonly #ref: StageRef;
  readonly #stage: StageContext;
  readonly #clock: Clock;

  constructor(ref: StageRef, stage: StageContext, { clock }: { clock: Clock }) {
    this.#ref = ref;
    this.#stage = stage;
    this.#clock = clock;
  }

  /**
   * Resolves when it is there for all to see, and that is durable.
   *
   * @param onBroken called at most once, when its media ends by itself and it has left
   * @throws {ConflictException | StageRefusal | MediaRefusal}
   */
  async add(source: ReplicatedPublisher, onBroken: (cause: Error) => void): Promise<LiveReplica> {
    const participant = this.#enter(source);
    participant.pending += 1;
    try {
      await participant.joined;
      const media = await this.#stage.openMedia();
      const replica = await media.replicate(source.publisher);
      try {
        await this.#publish(participant, source, replica, onBroken);
      } catch (error) {
        replica.close();
        throw error;
      }
    } finally {
      participant.pending -= 1;
      this.#stage.leaveIfIdle(participant, 'unknown');
    }
    return {
      sessionId: participant.sessionId,
      update: () => this.#update(participant, source),
      leave: async () => {
        participant.replica?.close();
        await this.#stage.journal.settled();
      },
    };
  }

  #enter(source: ReplicatedPublisher): LiveParticipant {
    const { id, claims, record, sessionId, muteState } = source.participant;
    if (this.#stage.participants.has(id)) {
      throw new ConflictException('A participant with the same id is in the destination stage');
    }
    const { stage } = claims;
    const shown = { ...claims, stage: this.#ref, attributes: mergedAttributes(source) };
    const participant = this.#stage.enter(shown, {
      ...newParticipantRecord(shown, record, this.#clock.now()),
      replicationType: 'REPLICA',
      sourceStageArn: stages.arn(stage, { id: stage.stageId }),
      sourceSessionId: sessionId,
    });
    participant.muteState = muteState;
    return participant;
  }

  async #publish(
    participant: LiveParticipant,
    source: ReplicatedPublisher,
    replica: Replica,
    onBroken: (cause: Error) => void,
  ): Promise<void> {
    if (participant.left) throw leftMeanwhile();
    const { protocol } = source.participant.record;
    participant.replica = replica;
    participant.record = { ...participant.record, published: true, protocol };
    replica.on('media', () => this.#stage.stateChanged());
    replica.on('remade', () => this.#stage.stateChanged());
    replica.once('ended', (reason) => {
      this.#ended(participant);
      if (reason !== 'closed') onBroken(new Error('the media of the replica has ended'));
    });
    const written = this.#stage.journal.write(this.#entry(participant, 'PUBLISH_STARTED'));
    this.#stage.tell('published', participant.id);
    this.#stage.logger.info({ participantId: participant.id }, 'replica started');
    this.#stage.stateChanged();
    await written;
  }

  #update(participant: LiveParticipant, source: ReplicatedPublisher): void {
    if (participant.left) return;
    const { claims, muteState } = source.participant;
    participant.muteState = muteState;
    this.#stage.stateChanged();
    const { userId, capabilities } = claims;
    const attributes = mergedAttributes(source);
    const shown = { ...participant.claims, userId, attributes, capabilities };
    if (isDeepStrictEqual(shown, participant.claims)) return;
    participant.claims = shown;
    participant.shown = shown;
    participant.record = { ...participant.record, userId, attributes };
    this.#stage.journal.record({ record: participant.record });
    this.#stage.tell('changed', participant.id);
  }

  #ended(participant: LiveParticipant): void {
    participant.replica = undefined;
    this.#stage.journal.record(this.#entry(participant, 'PUBLISH_STOPPED'));
    this.#stage.tell('unpublished', participant.id);
    this.#stage.logger.info({ participantId: participant.id }, 'replica stopped');
    this.#stage.stateChanged();
    this.#stage.leaveIfIdle(participant, 'unknown');
  }

  #entry({ id, record }: LiveParticipant, name: 'PUBLISH_STARTED' | 'PUBLISH_STOPPED'): JournalEntry {
    return { record, events: [this.#stage.journal.event(name, id, { replica: true })] };
  }
}

function mergedAttributes({ participant, attributes }: ReplicatedPublisher): Record<string, string> {
  return { ...participant.claims.attributes, ...attributes };
}
