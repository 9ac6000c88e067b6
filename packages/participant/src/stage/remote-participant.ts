import type { ParticipantState } from '@proscenium/web-broadcast/signalling';
import type { RemoteAudio } from '../receive/remote-audio.ts';
import type { RemoteVideo } from '../receive/remote-video.ts';

/** What is to be received of a participant. */
export type SubscribeType = 'AUDIO_VIDEO' | 'AUDIO_ONLY' | 'NONE';

/** Somebody else in the stage. The same object for as long as he is there, kept current. */
export interface RemoteParticipant {
  readonly id: string;
  /** Empty where the token names none. */
  readonly userId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly isPublishing: boolean;
  readonly audioMuted: boolean;
  readonly videoStopped: boolean;
  /** What comes of him now; undefined while nothing is published or wished. */
  readonly audio: RemoteAudio | undefined;
  readonly video: RemoteVideo | undefined;
}

/** The writable side of a {@link RemoteParticipant}. */
export class RemotePeer implements RemoteParticipant {
  readonly id: string;
  userId = '';
  attributes: Readonly<Record<string, string>> = {};
  isPublishing = false;
  /** Has published since he came: he may do so again at once, and the server keeps the wish in mind. */
  hasPublished = false;
  audioMuted = false;
  videoStopped = false;
  audio: RemoteAudio | undefined;
  video: RemoteVideo | undefined;

  constructor(id: string) {
    this.id = id;
  }

  update({ userId, attributes, isPublishing, audioMuted, videoStopped }: ParticipantState): void {
    Object.assign(this, { userId, attributes, isPublishing, audioMuted, videoStopped });
    this.hasPublished ||= isPublishing;
  }
}
