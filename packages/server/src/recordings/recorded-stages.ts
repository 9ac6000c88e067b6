import type { LiveParticipant } from '../participants/live-participant.ts';
import type { LiveStages, StageRef } from '../participants/live-stages.ts';
import type { ParticipantOfSession, RecordingChange } from '../participants/participant-recording.ts';
import type { Database } from '../store/store.ts';

/** A participant whose media flows, or has flowed: what is recorded, and what is known of it. */
export type RecordedPublisher = Pick<
  LiveParticipant,
  'sessionId' | 'publication' | 'isReplica' | 'isVirtual' | 'record'
>;

/** What recordings ask of the stages. */
export interface RecordedStages extends Pick<LiveStages, 'on' | 'off'> {
  /** Undefined unless its media flows. */
  publisher(stage: StageRef, participantId: string): RecordedPublisher | undefined;
  /**
   * Changes how a participant's record of a session says that it is recorded, in one transaction with `work`, and in order
   * with what the stage itself writes down. Resolves when it is durable. Without such a record there is only `work`.
   */
  writeRecording(
    stage: StageRef,
    participant: ParticipantOfSession,
    change: RecordingChange,
    work: (trx: Database) => Promise<void>,
  ): Promise<void>;
}
