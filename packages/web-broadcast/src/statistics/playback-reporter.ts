import type { Clock } from '../clock.ts';
import type { PlayedFrames } from '../connection/messages.ts';
import { counted, statsOfType } from './stats-object.ts';

const INTERVAL_MS = 15_000;

/** Tells now and then how many frames a connection received and dropped, while there are any. */
export class PlaybackReporter {
  readonly #connection: Pick<RTCPeerConnection, 'getStats'>;
  readonly #clock: Clock;
  readonly #report: (frames: PlayedFrames) => void;
  #told: PlayedFrames = { framesReceived: 0, framesDropped: 0 };
  #cancel: () => void;
  #stopped = false;

  constructor(connection: Pick<RTCPeerConnection, 'getStats'>, clock: Clock, report: (frames: PlayedFrames) => void) {
    this.#connection = connection;
    this.#clock = clock;
    this.#report = report;
    this.#cancel = clock.after(INTERVAL_MS, () => void this.#look());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    // A connection that cannot be asked is being closed.
    const stats = await this.#connection.getStats().catch(() => undefined);
    if (this.#stopped || !stats) return;
    const now = countFrames(stats);
    // Streams that have gone take their counts with them: what was told is counted from anew.
    const framesReceived = Math.max(0, now.framesReceived - this.#told.framesReceived);
    const framesDropped = Math.max(0, now.framesDropped - this.#told.framesDropped);
    this.#told = now;
    if (framesReceived > 0) this.#report({ framesReceived, framesDropped });
    this.#cancel = this.#clock.after(INTERVAL_MS, () => void this.#look());
  }
}

function countFrames(report: RTCStatsReport): PlayedFrames {
  return statsOfType(report, 'inbound-rtp')
    .map((stats) => counted(stats, ['framesReceived', 'framesDropped']))
    .reduce(
      (sum, { framesReceived, framesDropped }) => ({
        framesReceived: sum.framesReceived + framesReceived,
        framesDropped: sum.framesDropped + framesDropped,
      }),
      { framesReceived: 0, framesDropped: 0 },
    );
}
