import type { MessageCarrier } from '../in-band/frame-transforms.ts';
import type { Logger } from '../logging.ts';
import type { LocalStageStream } from '../streams/local-stage-stream.ts';
import { fitToEncodings, type SendLimits } from './send-parameters.ts';

/**
 * Sends one local stream at a time through one sender: what is not there or muted is sent as nothing. Changes follow one
 * another; those that are overtaken meanwhile are skipped.
 */
export class StreamSender {
  readonly #sender: RTCRtpSender;
  readonly #limits: (stream: LocalStageStream) => readonly SendLimits[];
  readonly #log: Logger;
  readonly #carrier: MessageCarrier | undefined;
  #stream: LocalStageStream | undefined;
  #heldBack: ReadonlySet<string> = new Set();
  #applying = false;
  #stale = false;
  #closed = false;

  /** @param carrier of the messages of streams that have any */
  constructor(
    sender: RTCRtpSender,
    limits: (stream: LocalStageStream) => readonly SendLimits[],
    log: Logger,
    carrier?: MessageCarrier,
  ) {
    this.#sender = sender;
    this.#limits = limits;
    this.#log = log;
    this.#carrier = carrier;
  }

  /** Sends this stream as it is now: to be called again when it was muted or unmuted. */
  send(stream: LocalStageStream | undefined): void {
    if (stream !== this.#stream) {
      this.#stream?.noLongerSentBy(this.#sender);
      stream?.sentBy(this.#sender, this.#carrier);
      this.#stream = stream;
    }
    this.#change();
  }

  /** Sends all layers but these, which nobody receives. */
  holdBack(rids: ReadonlySet<string>): void {
    this.#heldBack = rids;
    this.#change();
  }

  close(): void {
    this.#closed = true;
    this.#stream?.noLongerSentBy(this.#sender);
  }

  #change(): void {
    this.#stale = true;
    if (!this.#applying) void this.#apply();
  }

  async #apply(): Promise<void> {
    this.#applying = true;
    while (this.#stale && !this.#closed) {
      this.#stale = false;
      try {
        await this.#sendNow(this.#stream);
      } catch (error) {
        if (!this.#closed) this.#log.warn('a stream could not be changed', { error: String(error) });
      }
    }
    this.#applying = false;
  }

  async #sendNow(stream: LocalStageStream | undefined): Promise<void> {
    await this.#sender.replaceTrack(stream && !stream.isMuted ? stream.mediaStreamTrack : null);
    if (stream && !this.#closed) await this.#limit(this.#limits(stream));
  }

  async #limit(limits: readonly SendLimits[]): Promise<void> {
    const parameters = this.#sender.getParameters();
    const { encodings } = parameters;
    const fitting = fitToEncodings(limits, encodings, this.#heldBack);
    if (encodings.every((encoding, index) => isWithin(encoding, fitting[index]))) return;
    for (const [index, encoding] of encodings.entries()) Object.assign(encoding, fitting[index]);
    await this.#sender.setParameters(parameters);
  }
}

function isWithin(encoding: RTCRtpEncodingParameters, limits: SendLimits = {}): boolean {
  return (
    encoding.maxBitrate === limits.maxBitrate &&
    encoding.maxFramerate === limits.maxFramerate &&
    encoding.active === limits.active &&
    (limits.scaleResolutionDownBy ?? 1) === (encoding.scaleResolutionDownBy ?? 1)
  );
}
