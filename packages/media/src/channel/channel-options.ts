/** What becomes of an encoder's stream that goes to a channel: HLS in a folder, as it comes, the newest segments of it. */
export interface ChannelOptions {
  /** Exists, and is empty. */
  readonly folder: string;
  /** Name of the one rendition's folder below `media/hls`. */
  readonly rendition: string;
  /** Segments are at least as long, where key frames allow it. Whole seconds. */
  readonly targetSegmentDurationSeconds: number;
  /** So many of the newest segments are in the playlist. */
  readonly windowSegments: number;
}

/** What is told of a channel's files; paths are relative to its folder, with `/`. */
export type ChannelNews =
  /** A file is there; `final`: never written again. */
  | { readonly type: 'file'; readonly path: string; readonly final: boolean }
  /** The playlist does not name it any more. */
  | { readonly type: 'gone'; readonly path: string }
  /** Nothing is written any more. */
  | { readonly type: 'failed'; readonly code: 'DISK_FULL' | 'INTERNAL'; readonly message: string };
