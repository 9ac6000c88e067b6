/** How far a 16-bit number that wraps is ahead of another one, from -32768 to 32767 (RFC 1982). */
export function distance16(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/** How far a 32-bit number that wraps is ahead of another one, from -2^31 to 2^31 - 1. */
export function distance32(from: number, to: number): number {
  return (to - from) | 0;
}

/** Makes RTP times that wrap into numbers that do not. Each is taken for the one that is nearest to the newest so far. */
export class RtpTimeline {
  #newest: number | undefined;
  #newestUnwrapped = 0;

  /** @param rtpTime 32 bits. The first one stays as it is; numbers may fall below zero when earlier ones follow. */
  unwrap(rtpTime: number): number {
    const unwrapped = this.locate(rtpTime);
    if (this.#newest === undefined || unwrapped > this.#newestUnwrapped) {
      this.#newest = rtpTime;
      this.#newestUnwrapped = unwrapped;
    }
    return unwrapped;
  }

  /** As {@link unwrap}, but what comes later is not judged by it. */
  locate(rtpTime: number): number {
    return this.#newest === undefined ? rtpTime : this.#newestUnwrapped + distance32(this.#newest, rtpTime);
  }
}
