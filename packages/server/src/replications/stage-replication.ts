import { MediaRefusal } from '@proscenium/media';
import { ResourceNotFoundException, ServiceUnavailable, ValidationException } from '@proscenium/model';
import { type StageRef, stageKey } from '../participants/live-stages.ts';
import type { StageRegistry } from '../participants/registry.ts';
import { StageRefusal } from '../participants/stage-refusal.ts';
import type { LiveReplica } from '../participants/stage-replicas.ts';
import { StageErrorCode } from '../signalling/close-codes.ts';
import type { Replica, ReplicationMedia, ReplicationOrder } from './replication-media.ts';

/** Copies publishers between the stages of this server. */
export class StageReplication implements ReplicationMedia {
  readonly #registry: StageRegistry;
  /** With the names of their publishers. */
  readonly #replicas = new Map<LiveReplica, string>();

  constructor(registry: StageRegistry) {
    this.#registry = registry;
    registry.on('changed', (stage, participantId) => {
      const changed = nameOf(stage, participantId);
      for (const [replica, publisher] of this.#replicas) if (publisher === changed) replica.update();
    });
  }

  async start(order: ReplicationOrder, onBroken: (cause: Error) => void): Promise<Replica> {
    const { source, destination, participantId, attributes } = order;
    const participant = this.#registry.publisher(source, participantId);
    const publisher = participant?.publish?.media;
    if (!participant || !publisher) throw notPublishing();
    try {
      const stage = this.#registry.stage(destination);
      const replica = await stage.takeReplica({ participant, publisher, attributes }, onBroken);
      this.#replicas.set(replica, nameOf(source, participantId));
      replica.update(); // the publisher may be another one since it was asked for
      return {
        sessionId: replica.sessionId,
        stop: () => {
          this.#replicas.delete(replica);
          return replica.leave();
        },
      };
    } catch (error) {
      throw asServiceError(error);
    }
  }
}

function nameOf(stage: StageRef, participantId: string): string {
  return `${stageKey(stage)} ${participantId}`;
}

function notPublishing(): ValidationException {
  return new ValidationException('The participant is not publishing');
}

/** As a call's answer, what signalling would have told a client. */
function asServiceError(error: unknown): unknown {
  if (error instanceof MediaRefusal) {
    return error.reason === 'PUBLISHER_NOT_FOUND' ? notPublishing() : new ServiceUnavailable(error.message);
  }
  if (error instanceof StageRefusal) {
    const { code, message } = error;
    if (code === StageErrorCode.STAGE_DELETED) return new ResourceNotFoundException('Destination stage not found');
    return new ServiceUnavailable(message);
  }
  return error;
}
