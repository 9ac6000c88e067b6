/** The frames of an IVF file: 32 bytes, then before each frame its length in 32 bits and its time in 64. */
export function ivfFrames(ivf: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 32; at < ivf.length; ) {
    const end = at + 12 + ivf.readUInt32LE(at);
    frames.push(ivf.subarray(at + 12, end));
    at = end;
  }
  return frames;
}
