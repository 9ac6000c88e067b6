/**
 * Why a codec did not do what it was asked.
 *
 * - `INVALID_DATA`: what was given to decode cannot be decoded; the codec goes on with what comes next
 * - `INTERNAL`: the codec itself failed; close it
 */
export type CodecFailureReason = 'INVALID_DATA' | 'INTERNAL';

/** The only thing that the codecs of this folder throw, beside RangeError for arguments that make no sense. */
export class CodecFailure extends Error {
  readonly reason: CodecFailureReason;

  constructor(reason: CodecFailureReason, message: string) {
    super(message);
    this.name = 'CodecFailure';
    this.reason = reason;
  }
}
