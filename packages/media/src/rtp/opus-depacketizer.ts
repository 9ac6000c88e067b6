import type { AccessUnit, Depacketizer } from './access-unit.ts';
import { MalformedMedia } from './malformed-media.ts';

/** Opus in RTP (RFC 7587): each packet is an access unit. The marker tells of silence before it, not of an end. */
export class OpusDepacketizer implements Depacketizer {
  #lost = true;

  push({ rtpTime, payload }: { rtpTime: number; payload: Buffer }, arrivalMs: number): AccessUnit[] {
    if (payload.length === 0) {
      this.lose();
      throw new MalformedMedia('TRUNCATED', 'An Opus payload is empty');
    }
    const afterLoss = this.#lost;
    this.#lost = false;
    return [
      {
        rtpTime,
        firstArrivalMs: arrivalMs,
        lastArrivalMs: arrivalMs,
        keyFrame: true,
        complete: true,
        afterLoss,
        units: [payload],
      },
    ];
  }

  lose(): void {
    this.#lost = true;
  }

  flush(): AccessUnit[] {
    return [];
  }
}
