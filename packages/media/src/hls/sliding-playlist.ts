import { type MediaPlaylist, type PlaylistEntry, writeMediaPlaylist } from './media-playlist.ts';

/** A live stream's playlist: it keeps the newest segments. */
export class SlidingPlaylist {
  readonly #targetDurationSeconds: number;
  readonly #windowSegments: number;
  readonly #entries: PlaylistEntry[] = [];
  #gone: { segments: number; discontinuities: number };

  /**
   * @param playlist what there was before
   * @param windowSegments so many are kept
   */
  constructor({ targetDurationSeconds, entries, gone }: Omit<MediaPlaylist, 'type'>, windowSegments: number) {
    this.#targetDurationSeconds = targetDurationSeconds;
    this.#windowSegments = windowSegments;
    this.#gone = gone ?? { segments: 0, discontinuities: 0 };
    for (const entry of entries) this.add(entry);
  }

  /** The number of the next one. */
  get segments(): number {
    return this.#gone.segments + this.#entries.length;
  }

  /** Number and entry of the oldest one that is kept. */
  get first(): { readonly segment: number; readonly entry: PlaylistEntry | undefined } {
    return { segment: this.#gone.segments, entry: this.#entries[0] };
  }

  /** @throws {RangeError} for what would break the playlist */
  get text(): string {
    return writeMediaPlaylist({
      type: 'EVENT',
      targetDurationSeconds: this.#targetDurationSeconds,
      entries: this.#entries,
      gone: this.#gone,
    });
  }

  add(entry: PlaylistEntry): void {
    this.#entries.push(entry);
    while (this.#entries.length > this.#windowSegments) this.#dropFirst();
  }

  /** A discontinuity goes with the segment that it is before: those that stay keep their numbers (RFC 8216 §6.2.2). */
  #dropFirst(): void {
    const discontinuity = this.#entries.shift()?.discontinuity ?? false;
    const { segments, discontinuities } = this.#gone;
    this.#gone = { segments: segments + 1, discontinuities: discontinuities + (discontinuity ? 1 : 0) };
  }
}
