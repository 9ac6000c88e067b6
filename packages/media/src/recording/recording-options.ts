import type { MediaKind } from '../webrtc/remote-description.ts';

export type RecordingMediaType = 'AUDIO_VIDEO' | 'AUDIO_ONLY' | 'NONE';
export type ThumbnailStorage = 'SEQUENTIAL' | 'LATEST';

export interface RecordingOptions {
  /** Exists. What a recording made there before is gone on with, after a discontinuity. */
  readonly folder: string;
  /** `NONE`: thumbnails alone. */
  readonly mediaType: RecordingMediaType;
  /** 2 to 10. */
  readonly targetSegmentDurationSeconds: number;
  /** @default none */
  readonly thumbnails?: {
    readonly targetIntervalSeconds: number;
    readonly storage: readonly ThumbnailStorage[];
  };
}

/** What a recording is made of: of a publication the rest is not asked for. */
export function neededKinds({ mediaType, thumbnails }: RecordingOptions): ReadonlySet<MediaKind> {
  const needed = new Set<MediaKind>();
  if (mediaType !== 'NONE') needed.add('audio');
  if (mediaType === 'AUDIO_VIDEO' || thumbnails) needed.add('video');
  return needed;
}

/**
 * Why a recording cannot go on.
 *
 * - `UNSUPPORTED_CODEC`: what is published cannot be recorded
 * - `DISK_FULL`: the folder takes no more
 * - `INTERNAL`: anything else
 */
export type RecordingFaultCode = 'UNSUPPORTED_CODEC' | 'DISK_FULL' | 'INTERNAL';

export class RecordingFault extends Error {
  override readonly name = 'RecordingFault';
  readonly code: RecordingFaultCode;

  constructor(code: RecordingFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
