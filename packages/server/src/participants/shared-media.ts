import type { Sfu, StageMedia } from '@proscenium/media';

export interface SharedMediaOptions {
  readonly sfu: Pick<Sfu, 'createStage'>;
  readonly onOpened: (media: StageMedia) => void;
  /** Its worker died. */
  readonly onLost: () => void;
}

/** The media of a stage: opened for whoever needs it first, for all of them, and once more when it was lost. */
export class SharedMedia {
  readonly #options: SharedMediaOptions;
  #media: Promise<StageMedia> | undefined;

  constructor(options: SharedMediaOptions) {
    this.#options = options;
  }

  open(): Promise<StageMedia> {
    if (this.#media) return this.#media;
    const opening = this.#options.sfu.createStage();
    this.#media = opening;
    const forget = () => {
      if (this.#media === opening) this.#media = undefined;
    };
    opening.then((media) => {
      this.#options.onOpened(media);
      media.once('closed', () => {
        const unexpected = this.#media === opening;
        forget();
        if (unexpected) this.#options.onLost();
      });
    }, forget);
    return opening;
  }

  close(): void {
    const media = this.#media;
    this.#media = undefined;
    media?.then(
      (opened) => opened.close(),
      () => undefined, // it never opened: whoever asked for it was told
    );
  }
}
