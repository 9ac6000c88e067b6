import {
  GetParticipantCommand,
  GetStageCommand,
  type IVSRealTimeClient,
  type Participant,
  ResourceNotFoundException,
} from '@aws-sdk/client-ivs-realtime';
import { until } from './until.ts';

/** A participant as the API tells of it, in the present session of its stage or the last one that was seen. */
export class ParticipantRecord {
  readonly #stageArn: string | undefined;
  readonly #participantId: string | undefined;
  #sessionId: string | undefined;

  constructor(stageArn: string | undefined, participantId: string | undefined) {
    this.#stageArn = stageArn;
    this.#participantId = participantId;
  }

  /** Empty while the participant has not joined the session. */
  async read(client: IVSRealTimeClient): Promise<Participant> {
    const { stage } = await client.send(new GetStageCommand({ arn: this.#stageArn }));
    this.#sessionId = stage?.activeSessionId || this.#sessionId;
    if (this.#sessionId === undefined) return {};
    const names = { stageArn: this.#stageArn, sessionId: this.#sessionId, participantId: this.#participantId };
    try {
      const { participant } = await client.send(new GetParticipantCommand(names));
      return participant ?? {};
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return {};
      throw error;
    }
  }

  /** Resolves when the participant's recording is in this state. */
  untilRecording(client: IVSRealTimeClient, state: string): Promise<Participant> {
    return until(
      () => this.read(client),
      ({ recordingState }) => recordingState === state,
    );
  }
}
