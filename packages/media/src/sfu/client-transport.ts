import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import type { LocalTransport } from '../webrtc/media-lines.ts';
import { announceCandidates } from './announced-addresses.ts';
import type { PlacedRouter } from './delivery-router.ts';

/**
 * Why a client's connection ended.
 *
 * - `closed`: by us, on demand
 * - `hangup`: the client said goodbye (DTLS close)
 * - `timeout`: the client fell silent, or never came
 * - `failed`: the DTLS handshake failed
 * - `lost`: the worker that carried it died
 */
export type EndReason = 'closed' | 'hangup' | 'timeout' | 'failed' | 'lost';

export interface ClientTransportEvents {
  /** ICE and DTLS are up. */
  connected: [];
  ended: [reason: EndReason];
}

export interface ClientTransportOptions {
  readonly announcedAddresses: readonly string[];
  /** How long a client may be silent, in seconds; the worker takes 10 at least. */
  readonly iceConsentTimeoutSeconds: number;
  /** How long a client may take to connect. */
  readonly connectTimeoutMs: number;
}

/** A client's WebRTC transport, with one event for whatever ends it. */
export class ClientTransport extends EventEmitter<ClientTransportEvents> {
  readonly transport: types.WebRtcTransport;
  readonly #announcedAddresses: readonly string[];
  readonly #connectTimer: NodeJS.Timeout;
  #ended = false;
  #endReason: EndReason = 'lost';

  private constructor(transport: types.WebRtcTransport, options: ClientTransportOptions) {
    super();
    this.transport = transport;
    this.#announcedAddresses = options.announcedAddresses;
    this.#connectTimer = setTimeout(() => this.#end('timeout'), options.connectTimeoutMs);
    transport.on('icestatechange', (state) => {
      if (state === 'disconnected') this.#end('timeout');
    });
    transport.on('dtlsstatechange', (state) => {
      if (state === 'connected') {
        clearTimeout(this.#connectTimer);
        this.emit('connected');
      } else if (state === 'failed') {
        this.#end('failed');
      } else if (state === 'closed') {
        this.#end('hangup');
      }
    });
    transport.observer.once('close', () => this.#finish());
  }

  static async create(
    { worker: { webRtcServer }, router }: PlacedRouter,
    options: ClientTransportOptions & { readonly initialOutgoingBitrateBps?: number },
  ): Promise<ClientTransport> {
    const transport = await router.createWebRtcTransport({
      webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      iceConsentTimeout: options.iceConsentTimeoutSeconds,
      ...(options.initialOutgoingBitrateBps === undefined
        ? {}
        : { initialAvailableOutgoingBitrate: options.initialOutgoingBitrateBps }),
    });
    return new ClientTransport(transport, options);
  }

  get id(): string {
    return this.transport.id;
  }

  get connected(): boolean {
    return !this.#ended && this.transport.dtlsState === 'connected';
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Our side as it stands in a session description. */
  get local(): LocalTransport {
    const { iceParameters, iceCandidates, dtlsParameters } = this.transport;
    return {
      iceParameters,
      iceCandidates: announceCandidates(iceCandidates, this.#announcedAddresses),
      dtlsParameters,
    };
  }

  connect(dtlsParameters: types.DtlsParameters): Promise<void> {
    return this.transport.connect({ dtlsParameters });
  }

  /**
   * Begins a new ICE session. Media flows on over the pair of the old one, and its credentials stay good, until the client
   * uses the new ones.
   *
   * @returns our side with the new credentials
   * @throws {MediaRefusal} `CONNECTION_ENDED`
   */
  async restartIce(): Promise<LocalTransport> {
    if (this.#ended) throw connectionEnded();
    const iceParameters = await this.transport.restartIce().catch((error) => {
      throw this.#ended ? connectionEnded() : error;
    });
    return { ...this.local, iceParameters };
  }

  /** Closing twice does nothing. */
  close(): void {
    this.#end('closed');
  }

  #end(reason: EndReason): void {
    if (this.#ended) return;
    this.#endReason = reason;
    this.transport.close();
    this.#finish();
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#connectTimer);
    this.emit('ended', this.#endReason);
  }
}

function connectionEnded(): MediaRefusal {
  return new MediaRefusal('CONNECTION_ENDED', 'The connection has ended');
}
