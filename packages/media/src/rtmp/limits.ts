/** What a peer may take of time and memory. Each has a default that no encoder comes near. */
export interface RtmpLimits {
  /** Until the handshake is done. @default 5_000 */
  readonly handshakeTimeoutMs: number;
  /** From the handshake until the peer publishes, or, for a publisher, is let publish. @default 10_000 */
  readonly publishTimeoutMs: number;
  /** Without a byte. @default 30_000 */
  readonly idleTimeoutMs: number;
  /** After the last word, until the peer hangs up. @default 2_000 */
  readonly closeTimeoutMs: number;
  /** Of one message, and of all unfinished ones together. @default 8 MiB */
  readonly maximumMessageBytes: number;
  /** Of a message that is neither audio nor video; of all that there are, until the peer may publish. @default 256 KiB */
  readonly maximumCommandBytes: number;
  /** @default 32 */
  readonly maximumChunkStreams: number;
  /** Of what the peer has not read yet. */
  readonly maximumUnsentBytes: number;
}

export const LIMITS: Omit<RtmpLimits, 'maximumUnsentBytes'> = {
  handshakeTimeoutMs: 5_000,
  publishTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  closeTimeoutMs: 2_000,
  maximumMessageBytes: 8 * 1024 * 1024,
  maximumCommandBytes: 256 * 1024,
  maximumChunkStreams: 32,
};
