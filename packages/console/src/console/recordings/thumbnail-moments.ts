/** A piece of a recording on its own time line, and when it was recorded. */
export interface RecordedPiece {
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** Undefined where the playlist does not tell. */
  readonly recordedAtMs: number | undefined;
}

/** The store has a picture so much later than the last piece at most; what is later was written by somebody else. */
const latestMs = 60_000;

/**
 * Where in a recording its thumbnails are, in seconds. A thumbnail says nothing about that but when it was written, which is
 * soon after it was taken; of one that was copied since, not even that: then they are taken for evenly spread.
 *
 * @param writtenMs of each thumbnail, in their order
 */
export function thumbnailMoments(writtenMs: readonly number[], pieces: readonly RecordedPiece[]): number[] {
  const last = pieces.at(-1);
  if (!last) return [];
  const found = writtenMs.map((timeMs) => momentAt(timeMs, pieces));
  const known = found.filter((moment) => moment !== undefined);
  if (known.length === found.length) return known;
  return writtenMs.map((_, index) => (index / writtenMs.length) * (last.startSeconds + last.durationSeconds));
}

function momentAt(timeMs: number, pieces: readonly RecordedPiece[]): number | undefined {
  const piece = pieces.findLast(({ recordedAtMs }) => recordedAtMs !== undefined && recordedAtMs <= timeMs);
  if (piece?.recordedAtMs === undefined) return undefined;
  const after = (timeMs - piece.recordedAtMs) / 1_000;
  if (piece === pieces.at(-1) && after > piece.durationSeconds + latestMs / 1_000) return undefined;
  // Between two publishes nothing was recorded.
  return piece.startSeconds + Math.min(after, piece.durationSeconds);
}
