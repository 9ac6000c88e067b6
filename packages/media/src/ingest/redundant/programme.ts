import type { Socket } from 'node:dgram';
import type { RtpTarget } from '../../sfu/ingest-source.ts';
import type { PlacedPicture } from '../placed-media.ts';
import { RtpOutput } from '../rtp-output.ts';
import { connectRtpSocket } from '../rtp-socket.ts';
import { TICK_MS } from './encoder-health.ts';
import { type ProgrammeFeed, ProgrammeSwitch, type SwitchCause } from './programme-switch.ts';

export interface ProgrammeOwner {
  /** @param name of the encoder that takes over from another one */
  onSwitch(name: string, cause: SwitchCause): void;
  /** It cannot go on, and is closed. */
  onFailure(error: unknown): void;
}

/**
 * What several encoders send at once, as one RTP output that goes on whoever of them fails. Where it fails itself, as an encoder of
 * sound may, it ends alone.
 */
export class Programme {
  readonly #socket: Socket;
  readonly #owner: ProgrammeOwner;
  readonly #switch: ProgrammeSwitch;
  readonly #names = new WeakMap<ProgrammeFeed, string>();
  #output: RtpOutput | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #full = false;
  /** Pictures were left out: only a key frame can be decoded next. */
  #broken = false;
  #closed = false;
  readonly #sending = Promise.withResolvers<void>();

  /** @param socket closed with it */
  constructor(socket: Socket, owner: ProgrammeOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.#switch = new ProgrammeSwitch({
      sink: {
        takePicture: (picture) => this.#send(picture),
        takeSound: (sound) => this.#output?.takeSound(sound),
        waitFor: (latenessMs) => this.#output?.waitFor(latenessMs),
      },
      onSwitch: (feed, cause) => owner.onSwitch(this.#names.get(feed) ?? '', cause),
      now: () => performance.now(),
    });
    this.#sending.promise.catch(() => undefined); // who joins is told
  }

  get rtpPort(): number {
    return this.#socket.address().port;
  }

  /** To be called once. */
  sendTo(target: RtpTarget): void {
    connectRtpSocket(this.#socket, target)
      .then(() => this.#begin(target))
      .catch((error) => this.#fail(error));
  }

  /** Takes one more encoder, once it is known where to send. @param name by which it is told of @throws when that cannot be */
  async join(name: string): Promise<ProgrammeFeed> {
    await this.#sending.promise;
    const feed = this.#switch.join();
    this.#names.set(feed, name);
    return {
      takePicture: (picture) => this.#orFail(() => feed.takePicture(picture)),
      takeSound: (sound) => this.#orFail(() => feed.takeSound(sound)),
      leave: () => this.#orFail(() => feed.leave()),
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#ticker);
    this.#sending.reject(new Error('The programme is closed'));
    this.#output?.close();
    this.#socket.close();
  }

  #begin(target: RtpTarget): void {
    if (this.#closed) return;
    this.#output = new RtpOutput(this.#socket, target, {
      full: () => {
        this.#full = true;
      },
      room: () => {
        this.#full = false;
      },
    });
    this.#ticker = setInterval(() => this.#orFail(() => this.#switch.tick()), TICK_MS);
    this.#sending.resolve();
  }

  /** What an encoder brings, and its going, may be too much for what is made of it. */
  #orFail(work: () => void): void {
    if (this.#closed) return;
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#owner.onFailure(error);
  }

  /** Each encoder is held up by its own output. This one gets no more than one of them brings, and leaves out what is too much. */
  #send(picture: PlacedPicture): void {
    if (this.#full) this.#broken = true;
    else if (picture.keyFrame) this.#broken = false;
    if (!this.#broken) this.#output?.takePicture(picture);
  }
}
