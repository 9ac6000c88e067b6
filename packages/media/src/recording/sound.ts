import type { Pcm } from '../codec/pcm.ts';

/** In stereo. */
export function silence(frames: number): Pcm {
  return { planes: [new Float32Array(frames), new Float32Array(frames)], frames };
}

/** Without its first frames. */
export function without(pcm: Pcm, frames: number): Pcm {
  const left = Math.max(0, pcm.frames - frames);
  return { planes: pcm.planes.map((plane) => plane.subarray(pcm.frames - left)), frames: left };
}

/** The same sound in another number of frames; for small differences, which change its pitch unnoticeably. */
export function stretch(pcm: Pcm, frames: number): Pcm {
  const step = pcm.frames / frames;
  const planes = pcm.planes.map((plane) => {
    const stretched = new Float32Array(frames);
    for (let index = 0; index < frames; index += 1) {
      const at = index * step;
      const before = Math.floor(at);
      const from = plane[before] ?? 0;
      const to = plane[Math.min(before + 1, plane.length - 1)] ?? 0;
      stretched[index] = from + (to - from) * (at - before);
    }
    return stretched;
  });
  return { planes, frames };
}
