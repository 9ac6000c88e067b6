/** Less alike is other sound, or too little of it. */
const MINIMUM_LIKENESS = 0.8;
/** What is as good as the best, where a sound repeats itself. */
const AS_GOOD = 0.998;

/**
 * Where in `searched` a sound is found again.
 *
 * @returns the index, of equally good ones that in the middle; undefined where it is not there
 */
export function findSameSound(sound: Float32Array, searched: Float32Array): number | undefined {
  const places = searched.length - sound.length + 1;
  const energy = sumOfProducts(sound, sound, 0);
  if (places < 1 || energy === 0) return undefined;
  const likenesses = new Float64Array(places);
  let there = sumOfProducts(searched.subarray(0, sound.length), searched, 0);
  for (let place = 0; place < places; place += 1) {
    const scale = Math.sqrt(energy * Math.max(there, 0));
    likenesses[place] = scale > 0 ? sumOfProducts(sound, searched, place) / scale : 0;
    const [left = 0, right = 0] = [searched[place], searched[place + sound.length]];
    there += right * right - left * left;
  }
  const best = likenesses.reduce((most, likeness) => Math.max(most, likeness), 0);
  if (best < MINIMUM_LIKENESS) return undefined;
  const middle = (places - 1) / 2;
  let found: number | undefined;
  for (const [place, likeness] of likenesses.entries()) {
    if (likeness < AS_GOOD * best) continue;
    if (found === undefined || Math.abs(place - middle) < Math.abs(found - middle)) found = place;
  }
  return found === undefined ? undefined : highestAround(likenesses, found);
}

/** As good as the best is also what stands beside it. */
function highestAround(likenesses: Float64Array, place: number): number {
  const at = (index: number) => likenesses[index] ?? -Infinity;
  let top = place;
  for (;;) {
    if (at(top + 1) > at(top)) top += 1;
    else if (at(top - 1) > at(top)) top -= 1;
    else return top;
  }
}

function sumOfProducts(sound: Float32Array, searched: Float32Array, place: number): number {
  let sum = 0;
  for (let index = 0; index < sound.length; index += 1) {
    sum += (sound[index] as number) * (searched[place + index] as number);
  }
  return sum;
}
