/**
 * What is wrong with a packet or a bitstream.
 *
 * - `TRUNCATED`: it ends before what it announces
 * - `INVALID`: a field holds what the format forbids
 * - `UNSUPPORTED`: the format allows it, we do not read it
 * - `LIMIT`: it is larger than anything we take
 */
export type MalformedReason = 'TRUNCATED' | 'INVALID' | 'UNSUPPORTED' | 'LIMIT';

/** Media that cannot be read: the only thing that the parsers of this folder throw, whatever they are given. */
export class MalformedMedia extends Error {
  readonly reason: MalformedReason;

  constructor(reason: MalformedReason, message: string) {
    super(message);
    this.name = 'MalformedMedia';
    this.reason = reason;
  }
}
