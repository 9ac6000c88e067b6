import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type { Logger } from '../logging.ts';
import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import { type InsertRequest, READY, type ReadRequest, type TransformOptions } from './frame-worker-messages.ts';
import { frameWorkerSource } from './frame-worker-source.ts';
import type { InBandMessage } from './in-band-message.ts';

interface FrameTransformsEvents {
  /** No worker runs: videos that were to go through it go nowhere, and need another connection. At most once. */
  failed: [];
  /** Messages were to be read, and cannot be. At most once. */
  unreadable: [detail: string];
}

export interface FrameTransformsParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the worker's script is; undefined: this module has it. */
  readonly workerUrl: string | URL | undefined;
}

/** Takes messages for what is being sent. */
export interface MessageCarrier {
  /** Why none can be carried now; undefined when they can. */
  refusal(): StageError | undefined;
  /** @param pictures so many of each layer carry it */
  carry(message: InBandMessage, pictures: number): void;
}

/** A script from the network may take its time, and videos wait for it. */
const START_TIMEOUT_MS = 10_000;

/**
 * Puts messages into the videos that are sent during a stay in a stage, and reads them from those that are received. That is done
 * in a worker, which starts when it is first needed; browsers let a video through it only if they are told so when its sender or
 * receiver comes into being.
 */
export class FrameTransforms extends Emitter<FrameTransformsEvents> {
  readonly #parts: FrameTransformsParts;
  /** Of each receiver that was prepared; undefined for one of which nothing was to be read then. */
  readonly #ports = new WeakMap<RTCRtpReceiver, MessagePort | undefined>();
  #worker: Worker | undefined;
  #failure: string | undefined;
  #reads = false;
  #cancelTimeout = (): void => {};

  constructor(parts: FrameTransformsParts) {
    super();
    this.#parts = parts;
  }

  /** The carrier of what a sender sends, which has just been made. */
  carrierFor(sender: RTCRtpSender): MessageCarrier {
    const port = this.#transform(sender, 'insert');
    return {
      refusal: () => {
        if (this.#failure !== undefined) return unsent(this.#failure);
        if (sender.transport?.state !== 'connected') return unsent('the stream is not published just now');
        const [codec] = sender.getParameters().codecs;
        if (codec?.mimeType.toLowerCase() === 'video/h264') return undefined;
        return unsent(
          `messages go with H.264, the stream is sent in ${codec?.mimeType}`,
          StageErrorCode.CODEC_MISMATCH,
        );
      },
      carry: (message, pictures) => port?.postMessage({ message, pictures } satisfies InsertRequest),
    };
  }

  /** Messages are to be read: of receivers that are prepared from now on they can be. */
  expectReading(): void {
    if (this.#reads) return;
    this.#reads = true;
    this.#start();
    if (this.#failure !== undefined) this.emit('unreadable', this.#failure);
  }

  /** To be called for each receiver when it has just been made. */
  prepare(receiver: RTCRtpReceiver): void {
    if (receiver.track.kind !== 'video' || this.#ports.has(receiver)) return;
    this.#ports.set(receiver, this.#reads ? this.#transform(receiver, 'read') : undefined);
  }

  /** Whether messages are to be read. */
  get reads(): boolean {
    return this.#reads;
  }

  /** Whether it makes a difference to prepare a receiver anew. */
  lacks(receiver: RTCRtpReceiver): boolean {
    return this.#failure === undefined && this.#ports.get(receiver) === undefined;
  }

  /** Reads the messages of what a receiver receives, if it was prepared for that. @returns ends it */
  read(receiver: RTCRtpReceiver, onMessage: (message: InBandMessage) => void): () => void {
    const port = this.#ports.get(receiver);
    if (!port) return () => undefined;
    const set = (reading: boolean) => port.postMessage({ reading } satisfies ReadRequest);
    const listener = ({ data }: MessageEvent<InBandMessage>) => onMessage(data);
    port.onmessage = listener;
    set(true);
    return () => {
      if (port.onmessage !== listener) return; // the receiver receives somebody else's video by now
      port.onmessage = null;
      set(false);
    };
  }

  close(): void {
    this.#cancelTimeout();
    this.#worker?.terminate();
  }

  #transform(target: RTCRtpSender | RTCRtpReceiver, role: TransformOptions['role']): MessagePort | undefined {
    const worker = this.#start();
    if (!worker) return undefined;
    // What is posted before the worker runs waits there.
    const { port1, port2: port } = new MessageChannel();
    target.transform = new RTCRtpScriptTransform(worker, { role, port } satisfies TransformOptions, [port]);
    return port1;
  }

  /** @returns undefined where there is none */
  #start(): Worker | undefined {
    if (this.#failure !== undefined || this.#worker) return this.#worker;
    try {
      this.#worker = createWorker(this.#parts.workerUrl);
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#parts.log.warn('no messages inside videos', { detail: this.#failure });
      return undefined;
    }
    const worker = this.#worker;
    // Browsers write the reason to their console, and do not tell it here.
    const failed = () => this.#fail('the worker cannot be started: see worker-src of the content security policy');
    const silent = () => this.#fail('the worker does not answer: its script may be another one');
    worker.addEventListener('error', failed, { once: true });
    this.#cancelTimeout = this.#parts.clock.after(START_TIMEOUT_MS, silent);
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data !== READY) return;
      this.#cancelTimeout();
      worker.removeEventListener('error', failed);
    });
    return worker;
  }

  #fail(detail: string): void {
    this.close();
    this.#worker = undefined;
    this.#failure = detail;
    this.#parts.log.warn('no messages inside videos', { detail });
    this.emit('failed');
    if (this.#reads) this.emit('unreadable', detail);
  }
}

/** @throws where there is no such thing, or it may not be done */
function createWorker(url: string | URL | undefined): Worker {
  if (typeof RTCRtpScriptTransform !== 'function') throw new Error('this browser has no RTCRtpScriptTransform');
  if (url !== undefined) return new Worker(url);
  const blobUrl = URL.createObjectURL(new Blob([frameWorkerSource], { type: 'text/javascript' }));
  const worker = new Worker(blobUrl);
  worker.addEventListener('message', () => URL.revokeObjectURL(blobUrl), { once: true });
  return worker;
}

function unsent(detail: string, code: StageErrorCode = StageErrorCode.FAILED): StageError {
  return new StageError(code, StageErrorCategory.PUBLISH_ERROR, detail);
}
