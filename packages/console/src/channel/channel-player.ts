import Hls from 'hls.js';

/** How a channel stands, as somebody who watches sees it. */
export type ChannelState = 'looking' | 'live' | 'offline' | 'unplayable';

const HLS_TYPE = 'application/vnd.apple.mpegurl';
/** After which an offline channel is looked at again. */
const RETRY_MS = 3_000;

/**
 * Plays the stream of a channel whenever there is one, until it is closed.
 *
 * @param address of its multivariant playlist
 */
export class ChannelPlayer {
  readonly #video: HTMLVideoElement;
  readonly #address: string;
  readonly #onState: (state: ChannelState) => void;
  #hls: Hls | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(video: HTMLVideoElement, address: string, onState: (state: ChannelState) => void) {
    this.#video = video;
    this.#address = address;
    this.#onState = onState;
    video.addEventListener('playing', this.#onPlaying);
    video.addEventListener('ended', this.#onEnded);
    video.addEventListener('error', this.#onError);
  }

  readonly #onPlaying = () => this.#onState('live');
  readonly #onEnded = () => this.#lookLater('offline');
  readonly #onError = () => {
    if (this.#hls === undefined && this.#video.hasAttribute('src')) this.#lookLater('offline');
  };

  /** Looks for a stream, and plays it if there is one. */
  async look(): Promise<void> {
    const there = await fetch(this.#address, { cache: 'no-store' }).catch(() => undefined);
    if (this.#isClosed) return;
    if (!there?.ok) return this.#lookLater('offline');
    if (Hls.isSupported()) this.#playInMediaSource();
    else if (this.#video.canPlayType(HLS_TYPE) !== '') this.#playNatively();
    else this.#onState('unplayable');
  }

  /** Plays no more, and tells nothing more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#video.removeEventListener('playing', this.#onPlaying);
    this.#video.removeEventListener('ended', this.#onEnded);
    this.#video.removeEventListener('error', this.#onError);
    this.#stop();
  }

  #playInMediaSource(): void {
    // No worker: the page may run nothing that is not a file of the server.
    const hls = new Hls({ enableWorker: false, liveSyncDurationCount: 3 });
    this.#hls = hls;
    hls.on(Hls.Events.ERROR, (_, { fatal }) => {
      if (fatal) this.#lookLater('offline');
    });
    hls.loadSource(this.#address);
    hls.attachMedia(this.#video);
    this.#play();
  }

  #playNatively(): void {
    this.#video.src = this.#address;
    this.#play();
  }

  /** Where the browser wants somebody to press a button first, there is one. */
  #play(): void {
    this.#video.play().catch(() => undefined);
  }

  #lookLater(state: ChannelState): void {
    this.#stop();
    this.#onState(state);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.look(), RETRY_MS);
  }

  #stop(): void {
    this.#hls?.destroy();
    this.#hls = undefined;
    this.#video.removeAttribute('src');
  }
}
