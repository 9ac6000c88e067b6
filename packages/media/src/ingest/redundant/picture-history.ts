import { createHash } from 'node:crypto';
import type { PlacedPicture } from '../placed-media.ts';

/** A picture that can be sent later. */
export interface KeptPicture extends PlacedPicture {
  /** Of all from its key frame to it, itself among them: who has decoded one of the same digest can go on with the next. */
  readonly digest: string;
}

/** No picture has it. */
export const NO_DIGEST = '';

const MAXIMUM_GROUPS = 2;
const MAXIMUM_BYTES = 4 * 1_024 * 1_024;
const MAXIMUM_PICTURES = 1_200;
/** A single group is kept beyond that: without its key frame nobody could go on with it. */
const SINGLE_GROUP_FACTOR = 4;

/** The last pictures of one encoder: two groups, each from a key frame on. */
export class PictureHistory {
  /** Oldest first. */
  readonly #groups: KeptPicture[][] = [];
  #digest = NO_DIGEST;
  #bytes = 0;
  #pictures = 0;

  get hasKeyFrame(): boolean {
    return this.#groups.length > 0;
  }

  /** Of the last picture. */
  get lastDigest(): string {
    return this.#digest;
  }

  /** @returns the picture, to be kept by whoever wants to */
  add(picture: PlacedPicture): KeptPicture {
    const { payloads, keyFrame, mediaMs } = picture;
    if (keyFrame) this.#groups.push([]);
    const group = this.#groups.at(-1);
    this.#digest = group ? digestOf(payloads, keyFrame ? NO_DIGEST : this.#digest) : NO_DIGEST;
    // What they are read from is used again.
    const kept = { payloads: payloads.map((payload) => Buffer.from(payload)), keyFrame, mediaMs, digest: this.#digest };
    if (!group) return kept;
    group.push(kept);
    this.#bytes += bytesOf(kept);
    this.#pictures += 1;
    while (this.#isTooMuch) this.#forgetOldest();
    return kept;
  }

  has(digest: string): boolean {
    return this.find(digest, 0) !== undefined;
  }

  /** The picture with this digest, of several the one whose time is nearest, and what came after it. */
  find(digest: string, nearMs: number): { picture: KeptPicture; following: readonly KeptPicture[] } | undefined {
    if (digest === NO_DIGEST) return undefined;
    const all = this.#groups.flat();
    const distanceMs = (picture: KeptPicture) => Math.abs(picture.mediaMs - nearMs);
    const [found] = all
      .filter((picture) => picture.digest === digest)
      .toSorted((a, b) => distanceMs(a) - distanceMs(b));
    return found && { picture: found, following: all.slice(all.indexOf(found) + 1) };
  }

  /** From the first key frame after this time on or, where there is none, from the last key frame. */
  fromKeyFrame(afterMs: number): readonly KeptPicture[] {
    const later = this.#groups.findIndex(([first]) => first !== undefined && first.mediaMs > afterMs);
    return this.#groups.slice(later === -1 ? -1 : later).flat();
  }

  get #isTooMuch(): boolean {
    const factor = this.#groups.length === 1 ? SINGLE_GROUP_FACTOR : 1;
    return (
      this.#groups.length > MAXIMUM_GROUPS ||
      this.#bytes > factor * MAXIMUM_BYTES ||
      this.#pictures > factor * MAXIMUM_PICTURES
    );
  }

  #forgetOldest(): void {
    const oldest = this.#groups.shift() ?? [];
    for (const picture of oldest) this.#bytes -= bytesOf(picture);
    this.#pictures -= oldest.length;
  }
}

function digestOf(payloads: readonly Buffer[], earlier: string): string {
  const hash = createHash('sha256').update(earlier);
  for (const payload of payloads) hash.update(payload);
  return hash.digest('base64');
}

function bytesOf({ payloads }: KeptPicture): number {
  return payloads.reduce((sum, { length }) => sum + length, 0);
}
