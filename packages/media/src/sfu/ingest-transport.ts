import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { ClientTransportEvents, EndReason } from './client-transport.ts';
import type { IngestSource } from './ingest-source.ts';
import type { PublishTransport } from './publisher.ts';

const LOOPBACK = '127.0.0.1';
/** Of what a key frame brings at once; the system may give less. */
const RECEIVE_BUFFER_BYTES = 4 * 1_024 * 1_024;

/** Takes the RTP of an {@link IngestSource}, from its port alone. Either ends with the other. */
export class IngestTransport extends EventEmitter<ClientTransportEvents> implements PublishTransport {
  readonly transport: types.PlainTransport;
  readonly #source: IngestSource;
  #ended = false;

  private constructor(transport: types.PlainTransport, source: IngestSource) {
    super();
    this.transport = transport;
    this.#source = source;
    source.once('ended', (reason) => this.#end(reason));
    transport.observer.once('close', () => this.#end('lost'));
  }

  /** @throws when the router or the source is gone, or there is no port */
  static async open(router: types.Router, source: IngestSource): Promise<IngestTransport> {
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: LOOPBACK, recvBufferSize: RECEIVE_BUFFER_BYTES },
      rtcpMux: true,
      comedia: false,
    });
    try {
      await transport.connect({ ip: LOOPBACK, port: source.rtpPort });
      if (router.closed || source.ended) throw new Error('the source or the router of an ingest is gone');
      return new IngestTransport(transport, source);
    } catch (error) {
      transport.close(); // what is made too late does not close by itself
      throw error;
    }
  }

  /** On 127.0.0.1. */
  get port(): number {
    return this.transport.tuple.localPort;
  }

  /** There is nothing to wait for. */
  get connected(): boolean {
    return !this.#ended;
  }

  get ended(): boolean {
    return this.#ended;
  }

  close(reason?: string): void {
    this.#end('closed', reason);
  }

  #end(reason: EndReason, told?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.transport.close();
    this.#source.close(told);
    this.emit('ended', reason);
  }
}
