/**
 * Why media was refused.
 *
 * - `BROKEN_OFFER`: the session description cannot be read or asks for something impossible
 * - `NO_VIDEO_SECTION`: a publisher's offer lacks the compulsory video section
 * - `CODEC_MISMATCH`: no codec in common
 * - `UNSUPPORTED_OFFER`: the session description asks for more, or for something else, than is taken
 * - `HALF_RESTART`: new ICE credentials of which one half is the old one
 * - `CONNECTION_ENDED`: what it is about has ended meanwhile
 * - `PUBLISHER_NOT_FOUND`: nobody publishes under that participant id
 * - `UNAVAILABLE`: no worker can take it now, or the stage's one can take no more of its kind; try again later
 */
export type RefusalReason =
  | 'BROKEN_OFFER'
  | 'NO_VIDEO_SECTION'
  | 'CODEC_MISMATCH'
  | 'UNSUPPORTED_OFFER'
  | 'HALF_RESTART'
  | 'CONNECTION_ENDED'
  | 'PUBLISHER_NOT_FOUND'
  | 'UNAVAILABLE';

/** A publish or subscribe that cannot be served, with a reason that the caller turns into its own answer. */
export class MediaRefusal extends Error {
  readonly reason: RefusalReason;
  /** Of a codec mismatch: which kind has none. */
  readonly kind: 'audio' | 'video';

  constructor(
    reason: RefusalReason,
    message: string,
    options: ErrorOptions & { readonly kind?: 'audio' | 'video' } = {},
  ) {
    super(message, options);
    this.kind = options.kind ?? 'video';
    this.name = 'MediaRefusal';
    this.reason = reason;
  }
}
