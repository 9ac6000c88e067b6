import type { MediaKind } from '../connection/messages.ts';
import type { ParticipantToken, StageParticipantCapability } from '../connection/participant-token.ts';
import type { LocalStageStream } from '../streams/local-stage-stream.ts';

/** A participant as the application sees it. The same object for as long as the participant is in the stage, kept current. */
export interface StageParticipantInfo {
  readonly id: string;
  readonly userId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Older name of `attributes`. */
  readonly userInfo: Readonly<Record<string, string>>;
  readonly capabilities: ReadonlySet<StageParticipantCapability>;
  readonly isLocal: boolean;
  readonly isPublishing: boolean;
  readonly audioMuted: boolean;
  readonly videoStopped: boolean;
}

/** The participant of this client's own token. */
export interface LocalStageParticipantInfo extends StageParticipantInfo {
  /** What is being published, if anything. */
  readonly audioStream: LocalStageStream | undefined;
  readonly videoStream: LocalStageStream | undefined;
}

/** The writable side of `StageParticipantInfo`; applications get the read-only type. */
export class StageParticipant implements StageParticipantInfo {
  readonly id: string;
  readonly isLocal: boolean = false;
  userId = '';
  attributes: Readonly<Record<string, string>> = {};
  capabilities: ReadonlySet<StageParticipantCapability> = new Set();
  isPublishing = false;
  audioMuted = false;
  videoStopped = false;
  /** The present publish, a new one for each; undefined while not publishing. */
  publishId: string | undefined;
  /** The kinds of which something comes; undefined where the server does not tell. */
  tracks: readonly MediaKind[] | undefined;

  constructor(id: string) {
    this.id = id;
  }

  get userInfo(): Readonly<Record<string, string>> {
    return this.attributes;
  }
}

export class LocalStageParticipant extends StageParticipant implements LocalStageParticipantInfo {
  override readonly isLocal = true;
  audioStream: LocalStageStream | undefined;
  videoStream: LocalStageStream | undefined;

  constructor(token: ParticipantToken) {
    super(token.participantId);
    this.describeBy(token);
  }

  /** Is what this token says, whatever the server tells others of it meanwhile. */
  describeBy({ userId, attributes, capabilities }: ParticipantToken): void {
    this.userId = userId;
    this.attributes = attributes;
    this.capabilities = capabilities;
  }
}
