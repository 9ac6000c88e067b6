import type { EventEmitter } from 'node:events';

/** One stage, of one account and region. */
export interface StageRef {
  account: string;
  region: string;
  stageId: string;
}

export interface LiveStageEvents {
  /** The participant's media flows. */
  published: [stage: StageRef, participantId: string];
  /** It flows no more, for whatever reason. */
  unpublished: [stage: StageRef, participantId: string];
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
  /** Ids of those whose media flows now. */
  publishers(stage: StageRef): readonly string[];
}
