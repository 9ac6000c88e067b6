import { EventEmitter } from 'node:events';
import type { EndReason } from '../sfu/client-transport.ts';
import type { IngestSource, IngestSourceEvents, RtpTarget } from '../sfu/ingest-source.ts';
import type { FromIngestProgram, IngestProtocol, IngestRefusal, IngestRequest } from './messages.ts';

/**
 * An encoder's connection, from its wish to publish to its end, as the server knows it. Whoever authorizes it hands it to
 * `StageMedia.ingest()`.
 */
export class IngestConnection extends EventEmitter<IngestSourceEvents> implements IngestSource {
  readonly id: string;
  readonly protocol: IngestProtocol;
  readonly app: string;
  readonly remoteAddress: string;
  readonly encoder: string | undefined;
  readonly rtpPort: number;
  /** Not enumerable: no log shows it. */
  readonly #streamKey: string;
  readonly #close: (refusal: IngestRefusal | undefined) => void;
  #target: RtpTarget | undefined;
  #lastHeardMs = performance.now();
  #ended = false;

  /** @param close tells the program that holds the connection */
  constructor(request: IngestRequest, close: (refusal: IngestRefusal | undefined) => void) {
    super();
    this.id = request.connectionId;
    this.protocol = request.protocol;
    this.app = request.app;
    this.remoteAddress = request.remoteAddress;
    this.encoder = request.encoder;
    this.rtpPort = request.rtpPort;
    this.#streamKey = request.streamKey;
    this.#close = close;
  }

  /** A secret. */
  get streamKey(): string {
    return this.#streamKey;
  }

  /** For how long nothing has come from the encoder; to a second or so. */
  get silentMs(): number {
    return performance.now() - this.#lastHeardMs;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Undefined until it was handed to a stage. */
  get target(): RtpTarget | undefined {
    return this.#target;
  }

  sendTo(target: RtpTarget): void {
    this.#target = target;
  }

  close(reason?: string): void {
    if (this.#ended) return;
    this.#close(reason === undefined ? undefined : { code: 'NetStream.Publish.Rejected', description: reason });
    this.end('closed');
  }

  /** Takes what the program that holds the connection says of it. */
  receive(message: Exclude<FromIngestProgram, { type: 'publish' }>): void {
    if (this.#ended) return;
    switch (message.type) {
      case 'facts':
        this.emit('facts', 0, message.facts);
        break;
      case 'report':
        this.#lastHeardMs = performance.now() - message.silentMs;
        this.emit('received', message.receivedBytes, message.atMs);
        if (message.framesPerSecond !== undefined) this.emit('sampled', new Map([[0, message.framesPerSecond]]));
        break;
      case 'violation':
        this.emit('violation', message.violation);
        break;
      case 'ended':
        this.end(message.reason);
    }
  }

  /** The connection is gone. */
  end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.emit('ended', reason);
  }
}
