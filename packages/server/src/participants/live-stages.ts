/** One stage, of one account and region. */
export interface StageRef {
  account: string;
  region: string;
  stageId: string;
}

/** What the control plane asks of the running media. */
export interface LiveStages {
  /**
   * Ends the participant's connection (if any) with left reason `participant-disconnected`. Resolves once media is cut
   * and the records are written.
   */
  disconnectParticipant(stage: StageRef, participantId: string): Promise<void>;
  /** Ends everybody's connection with left reason `stage-deleted`, and the session. */
  endStage(stage: StageRef): Promise<void>;
}
