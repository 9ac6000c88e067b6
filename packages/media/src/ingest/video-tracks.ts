import type { H264Facts } from '../rtp/index.ts';
import { MAXIMUM_VIDEO_TRACKS } from '../sfu/ingest-source.ts';
import { VideoTrack } from './video-track.ts';

/** The tracks of an encoder's video, and which of them has the larger picture. */
export class VideoTracks {
  readonly #tracks = new Map<number, VideoTrack>();
  readonly #onFacts: (track: number, facts: H264Facts) => void;

  constructor(onFacts: (track: number, facts: H264Facts) => void) {
    this.#onFacts = onFacts;
  }

  /** By the order in which they came. */
  get list(): readonly VideoTrack[] {
    return [...this.#tracks.values()];
  }

  /** @param trackId the encoder's number of it @returns undefined when there are as many as there may be, and this is another one */
  track(trackId: number): VideoTrack | undefined {
    const known = this.#tracks.get(trackId);
    if (known || this.#tracks.size === MAXIMUM_VIDEO_TRACKS) return known;
    const index = this.#tracks.size;
    const track = new VideoTrack(index, trackId, (facts) => this.#onFacts(index, facts));
    this.#tracks.set(trackId, track);
    return track;
  }

  /**
   * The indexes of those of which something is known, the smallest picture first. Encoders number their tracks from the best
   * one on: of two of one size, the one with the higher number is the lower one.
   */
  get order(): readonly number[] {
    return this.list
      .filter(({ area, pictures }) => area !== undefined || pictures > 0)
      .toSorted((one, other) => (one.area ?? 0) - (other.area ?? 0) || other.trackId - one.trackId)
      .map(({ index }) => index);
  }
}
