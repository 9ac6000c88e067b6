/** Sound as numbers from -1 to 1. */
export interface Pcm {
  /** One for each channel, of `frames` numbers each. */
  readonly planes: readonly Float32Array[];
  /** Samples of each channel; 48,000 a second unless said otherwise. */
  readonly frames: number;
}

/** One after the other. All have as many channels. */
export function joinSound(pieces: readonly Pcm[]): Pcm {
  const [first, ...others] = pieces;
  if (first === undefined) return { planes: [], frames: 0 };
  if (others.length === 0) return first;
  const frames = pieces.reduce((sum, piece) => sum + piece.frames, 0);
  const planes = first.planes.map((_, channel) => {
    const plane = new Float32Array(frames);
    let at = 0;
    for (const piece of pieces) {
      plane.set(piece.planes[channel] ?? [], at);
      at += piece.frames;
    }
    return plane;
  });
  return { planes, frames };
}

/** The same sound in so many channels: mixed into one, or one of them in all. */
export function inChannels(pcm: Pcm, channels: 1 | 2): Pcm {
  const { planes, frames } = pcm;
  const [first = new Float32Array(frames)] = planes;
  if (planes.length === channels) return pcm;
  if (channels === 2) return { planes: [first, first], frames };
  const mixed = first.map((_, index) => planes.reduce((sum, plane) => sum + (plane[index] ?? 0), 0) / planes.length);
  return { planes: [mixed], frames };
}
