import type { EventEmitter } from 'node:events';
import type { Database } from '../store/store.ts';

/** One stage, of one account and region. */
export interface StageRef {
  account: string;
  region: string;
  stageId: string;
}

/** A name that no other stage has. */
export function stageKey({ account, region, stageId }: StageRef): string {
  return [account, region, stageId].join('/');
}

export interface LiveStageEvents {
  /** The participant's media flows. */
  published: [stage: StageRef, participantId: string];
  /** It flows no more, for whatever reason. */
  unpublished: [stage: StageRef, participantId: string];
  /** While it publishes, it was muted, or its attributes became others. */
  changed: [stage: StageRef, participantId: string];
}

/** What the control plane asks of the running media. */
export interface LiveStages extends Pick<EventEmitter<LiveStageEvents>, 'on' | 'off'> {
  /**
   * Ends the participant's connection (if any) with left reason `participant-disconnected`. Resolves once media is cut
   * and the records are written.
   */
  disconnectParticipant(stage: StageRef, participantId: string): Promise<void>;
  /** Ends everybody's connection with left reason `stage-deleted`, and the session. */
  endStage(stage: StageRef): Promise<void>;
  /** Ids of those whose media flows now and can be received. */
  publishers(stage: StageRef): readonly string[];
  /** Whether the participant is setting a publish up, which may take the place of one that has ended. */
  isRepublishing(stage: StageRef, participantId: string): boolean;
  /** How many publish into the stage, or are about to. */
  publisherPlaces(stage: StageRef): number;
  /**
   * Runs one transaction that adds to what is written down about a stage's participants, in order with what the stage
   * itself writes down of them. Resolves when it is durable.
   */
  write<T>(stage: StageRef, work: (trx: Database) => Promise<T>): Promise<T>;
  /** The running session, if any, does not end before so long: somebody is expected back. */
  keepSession(stage: StageRef, durationMs: number): void;
}
