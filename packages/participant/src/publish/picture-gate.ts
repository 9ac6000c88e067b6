/** Says which pictures go: after one that was left out none can be decoded before the next key frame. */
export class PictureGate {
  #atGap = false;

  /** @returns whether the picture goes; `ask`: it does not, and a key frame is to be asked for */
  next({ keyFrame, room }: { readonly keyFrame: boolean; readonly room: boolean }): 'go' | 'ask' | 'skip' {
    if (room && (keyFrame || !this.#atGap)) {
      this.#atGap = false;
      return 'go';
    }
    const asked = this.#atGap && !keyFrame;
    this.#atGap = true;
    return asked ? 'skip' : 'ask';
  }
}
