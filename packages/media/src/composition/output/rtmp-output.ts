import { X509Certificate } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createSecureContext, type SecureContext } from 'node:tls';
import { RtmpPublisher } from '../../rtmp/index.ts';
import type { OutputFaultCode, RtmpOutputSettings } from '../composition-options.ts';
import { openSocket } from './open-socket.ts';
import type { EncodedPicture, EncodedSound, Output, OutputEvents, OutputStart } from './output.ts';
import { type PublishFault, publishFault } from './publish-fault.ts';
import { retryDelayMs } from './retry-delay.ts';
import { RtmpStream } from './rtmp-stream.ts';
import { type RtmpTarget, readRtmpTarget } from './rtmp-target.ts';

/** How long things may take, and what chance decides. */
export interface RtmpOutputTimings {
  /** Until there is TCP, and TLS. @default 5_000 */
  readonly connectTimeoutMs: number;
  /** Without anything taken of what waits to be sent. @default 8_000 */
  readonly stallTimeoutMs: number;
  /** Before the second attempt. @default 500 */
  readonly firstRetryMs: number;
  /** @default 8_000 */
  readonly longestRetryMs: number;
  /** Without a stream, from the beginning or since it was lost. @default 60_000 */
  readonly giveUpAfterMs: number;
  /** A stream that is lost sooner is a short one. @default 10_000 */
  readonly steadyAfterMs: number;
  /** From 0 to 1. @default Math.random */
  random(): number;
}

const TIMINGS: RtmpOutputTimings = {
  connectTimeoutMs: 5_000,
  stallTimeoutMs: 8_000,
  firstRetryMs: 500,
  longestRetryMs: 8_000,
  giveUpAfterMs: 60_000,
  steadyAfterMs: 10_000,
  random: Math.random,
};

/** In a row: of a server that takes each stream and ends it at once, no more is to be hoped for. */
const MOST_SHORT_STREAMS = 10;

type State = 'TRYING' | 'ACTIVE' | 'ENDED';

/** Publishes to a server, and again when the connection is lost. */
export class RtmpOutput extends EventEmitter<OutputEvents> implements Output {
  readonly #target: RtmpTarget;
  readonly #secureContext: SecureContext;
  readonly #start: OutputStart;
  readonly #timings: RtmpOutputTimings;
  #state: State = 'TRYING';
  #stream: RtmpStream | undefined;
  #attempt = new AbortController();
  #attempts = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #giveUpTimer: NodeJS.Timeout | undefined;
  #activeSinceMs = 0;
  #shortStreams = 0;
  /** The server may hold a session of ours for live. */
  #wasThere: boolean;
  #lastFault: PublishFault = { kind: 'LOST', message: 'The server did not answer in time' };
  #droppedPictures = 0;
  #closing: Promise<void> = Promise.resolve();

  /** @throws {RangeError} for an address or certificates that cannot be read */
  constructor(settings: RtmpOutputSettings, start: OutputStart, timings: Partial<RtmpOutputTimings> = {}) {
    super();
    this.#target = readRtmpTarget(settings.url, settings.streamKey);
    this.#secureContext = secureContext(settings.certificateAuthorities);
    this.#start = start;
    this.#timings = { ...TIMINGS, ...timings };
    this.#wasThere = start.resumed ?? false;
    this.#watchTrying();
    void this.#try();
  }

  get droppedPictures(): number {
    return this.#droppedPictures;
  }

  takePicture(picture: EncodedPicture): void {
    this.#stream?.takePicture(picture);
  }

  takeSound(sound: EncodedSound): void {
    this.#stream?.takeSound(sound);
  }

  async close(): Promise<void> {
    if (this.#state !== 'ENDED') {
      this.#release();
      await this.#closing;
      this.emit('report', { state: 'STOPPED' });
    }
    await this.#closing;
  }

  async #try(): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { connectTimeoutMs } = this.#timings;
    const { destination } = this.#target;
    try {
      const socket = await openSocket(this.#target, this.#secureContext, connectTimeoutMs, attempt.signal);
      attempt.signal.addEventListener('abort', () => socket.destroy());
      if (attempt.signal.aborted) socket.destroy();
      const publisher = await RtmpPublisher.publish(socket, destination);
      if (attempt.signal.aborted) return;
      publisher.once('ended', ({ description }) => this.#lose({ kind: 'LOST', message: description }));
      this.#wasThere = true;
      this.#stream = new RtmpStream({
        socket,
        publisher,
        start: this.#start,
        stallTimeoutMs: this.#timings.stallTimeoutMs,
        onActive: () => this.#activate(),
        onDropped: () => {
          this.#droppedPictures += 1;
        },
      });
      if (publisher.ended) this.#lose({ kind: 'LOST', message: 'The server closed the connection' });
    } catch (error) {
      if (!attempt.signal.aborted) this.#failAttempt(error);
    }
  }

  #activate(): void {
    clearTimeout(this.#giveUpTimer);
    this.#state = 'ACTIVE';
    this.#activeSinceMs = performance.now();
    this.emit('report', { state: 'ACTIVE' });
  }

  #failAttempt(error: unknown): void {
    let fault: PublishFault;
    try {
      fault = publishFault(error, this.#target.destination.streamKey);
    } catch {
      process.stderr.write(`An RTMP output fails: ${error instanceof Error ? error.stack : String(error)}\n`);
      this.#fail('INTERNAL', 'Publishing failed');
      return;
    }
    const { kind, message } = fault;
    if (kind === 'REFUSED' || (kind === 'BUSY' && !this.#wasThere)) this.#fail(kind, message);
    else this.#retry(fault);
  }

  /** The stream has ended, and not by us. */
  #lose(fault: PublishFault): void {
    if (this.#state === 'ENDED' || !this.#stream) return;
    this.#stream = undefined;
    const wasActive = this.#state === 'ACTIVE';
    this.#state = 'TRYING';
    if (wasActive) {
      this.#countShort();
      if (this.#shortStreams === MOST_SHORT_STREAMS) {
        this.#fail('UNREACHABLE', `The server ends each stream: ${fault.message}`);
        return;
      }
      this.#watchTrying();
      this.emit('report', { state: 'RECONNECTING' });
    }
    this.#retry(fault);
  }

  #retry(fault: PublishFault): void {
    this.#lastFault = fault;
    const { firstRetryMs, longestRetryMs, random } = this.#timings;
    const delayMs = retryDelayMs(this.#attempts, firstRetryMs, longestRetryMs, random());
    this.#attempts += 1;
    this.#retryTimer = setTimeout(() => void this.#try(), delayMs);
  }

  #countShort(): void {
    const short = performance.now() - this.#activeSinceMs < this.#timings.steadyAfterMs;
    this.#shortStreams = short ? this.#shortStreams + 1 : 0;
    if (!short) this.#attempts = 0;
  }

  #watchTrying(): void {
    this.#giveUpTimer = setTimeout(() => this.#giveUp(), this.#timings.giveUpAfterMs);
  }

  #giveUp(): void {
    const { kind, message } = this.#lastFault;
    this.#fail(kind === 'BUSY' ? 'BUSY' : 'UNREACHABLE', message);
  }

  #fail(code: OutputFaultCode, message: string): void {
    this.#release();
    this.emit('report', { state: 'FAILED', code, message });
  }

  /** Nothing is sent or tried from now on. */
  #release(): void {
    this.#state = 'ENDED';
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#giveUpTimer);
    if (this.#stream) this.#closing = this.#stream.close();
    else this.#attempt.abort();
    this.#stream = undefined;
  }
}

function secureContext(ca: string | undefined): SecureContext {
  try {
    // Text without a certificate is no fault to TLS: it would trust nobody.
    if (ca !== undefined) new X509Certificate(ca);
    return createSecureContext({ ...(ca !== undefined && { ca }), minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new RangeError('The certificates of the authorities cannot be read', { cause: error });
  }
}
