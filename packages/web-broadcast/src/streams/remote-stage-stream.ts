import type { StageParticipantInfo } from '../stage/stage-participant.ts';
import { emptyReport, StageStream, StreamType } from './stage-stream.ts';

/** A track that a remote participant publishes and this client subscribes to. */
export class RemoteStageStream extends StageStream {
  /** Whose it is. */
  readonly participantInfo: StageParticipantInfo;
  #receiver: RTCRtpReceiver | undefined;

  constructor(receiver: RTCRtpReceiver, participant: StageParticipantInfo) {
    super(receiver.track);
    this.participantInfo = participant;
    this.#receiver = receiver;
  }

  /** As its publisher says. */
  get isMuted(): boolean {
    const { audioMuted, videoStopped } = this.participantInfo;
    return this.streamType === StreamType.AUDIO ? audioMuted : videoStopped;
  }

  /** Silences or blanks the track here; nobody else is told, and `isMuted` stays what the publisher says. */
  setMuted(muted: boolean): void {
    this.mediaStreamTrack.enabled = !muted;
  }

  async requestRTCStats(): Promise<RTCStatsReport> {
    return this.#receiver ? await this.#receiver.getStats() : emptyReport();
  }

  /** @internal Told by the subscriber when the stream is removed. */
  ended(): void {
    this.#receiver = undefined;
  }
}
