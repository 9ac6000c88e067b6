import type { Pcm } from '../../codec/pcm.ts';
import { silence } from '../../recording/sound.ts';

/** The smallest step of 16 bits: what stays below cannot be heard. */
const AUDIBLE = 2 ** -15;

/**
 * Whether sound can be heard, and the same within the bounds from -1 to 1, which a decoder does not promise: one participant
 * must not be able to make all others silent.
 */
export function judge(pcm: Pcm): { readonly sound: Pcm; readonly audible: boolean } {
  let energy = 0;
  let peak = 0;
  for (const plane of pcm.planes) {
    for (let index = 0; index < pcm.frames; index += 1) {
      const magnitude = Math.abs(plane[index] as number);
      energy += magnitude;
      if (magnitude > peak) peak = magnitude;
    }
  }
  // The sum, unlike the largest, tells of what is no number.
  if (!Number.isFinite(energy)) return { sound: silence(pcm.frames), audible: false };
  if (peak <= 1) return { sound: pcm, audible: peak >= AUDIBLE };
  const planes = pcm.planes.map((plane) => plane.map((sample) => Math.max(-1, Math.min(1, sample))));
  return { sound: { planes, frames: pcm.frames }, audible: true };
}
