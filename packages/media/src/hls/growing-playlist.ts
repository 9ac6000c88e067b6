import { type MediaPlaylist, type PlaylistEntry, writePlaylistEntry, writePlaylistHeader } from './media-playlist.ts';

/** A recording's playlist while it grows. However long it has become, another segment costs no more than the first one. */
export class GrowingPlaylist {
  readonly #targetDurationSeconds: number;
  #text: string;
  #segments = 0;
  #map: string | undefined;

  /** @throws {RangeError} for what `writeMediaPlaylist` would not write */
  constructor({ targetDurationSeconds, entries }: Pick<MediaPlaylist, 'targetDurationSeconds' | 'entries'>) {
    this.#targetDurationSeconds = targetDurationSeconds;
    this.#text = writePlaylistHeader({ type: 'EVENT', targetDurationSeconds, entries: [] });
    for (const entry of entries) this.add(entry);
  }

  /** The number of the next one. */
  get segments(): number {
    return this.#segments;
  }

  get text(): string {
    return this.#text;
  }

  /** @throws {RangeError} */
  add(entry: PlaylistEntry): void {
    this.#text += writePlaylistEntry(entry, this.#targetDurationSeconds, this.#map);
    this.#segments += 1;
    this.#map = entry.map;
  }
}
