/** What is decoded at once: one picture, or one packet of sound. */
export interface AccessUnit {
  readonly rtpTime: number;
  readonly firstArrivalMs: number;
  readonly lastArrivalMs: number;
  /** Decoding can begin here. */
  readonly keyFrame: boolean;
  /** False when packets of it are, or may be, missing. */
  readonly complete: boolean;
  /** Packets were lost since the last access unit, of this one or of others before it. */
  readonly afterLoss: boolean;
  /** H.264: NAL units without start codes. VP8 and Opus: the frame alone. What is incomplete may have none. */
  readonly units: readonly Buffer[];
}

/** Puts the payloads of packets, which come in order, together to access units. */
export interface Depacketizer {
  /** @throws {MalformedMedia} for a payload that cannot be read; the access unit it belongs to is incomplete then */
  push(packet: { rtpTime: number; marker: boolean; payload: Buffer }, arrivalMs: number): AccessUnit[];
  /** Packets are missing between the last one and the next one. Ends nothing: the next packet does. */
  lose(): void;
  /** What is there of an access unit whose end has not come. */
  flush(): AccessUnit[];
}
