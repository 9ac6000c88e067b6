import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import type { LocalTransport } from '../webrtc/media-lines.ts';
import { announceCandidates } from './announced-addresses.ts';
import type { PlacedRouter } from './delivery-router.ts';
import { SilenceWatch } from './silence-watch.ts';

/**
 * Why a client's connection ended.
 *
 * - `closed`: by us, on demand
 * - `hangup`: the client said goodbye (DTLS close), or hung up
 * - `timeout`: the client fell silent, or never came
 * - `failed`: the DTLS handshake failed, or what came could not be read
 * - `lost`: the worker that carried it died, or the connection broke
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

/**
 * By what a client shows that it is still there: `consentChecks` (RFC 7675), which browsers send all the time and the
 * worker itself watches, or `packets` of any kind, for clients of any make.
 */
export type SignOfLife = 'consentChecks' | 'packets';

/** A client's WebRTC transport, with one event for whatever ends it. */
export class ClientTransport extends EventEmitter<ClientTransportEvents> {
  readonly transport: types.WebRtcTransport;
  readonly #announcedAddresses: readonly string[];
  readonly #connectTimer: NodeJS.Timeout;
  #silenceWatch: SilenceWatch | undefined;
  #ended = false;
  #endReason: EndReason = 'lost';

  private constructor(transport: types.WebRtcTransport, signOfLife: SignOfLife, options: ClientTransportOptions) {
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
        if (signOfLife === 'packets') this.#watchForSilence(options.iceConsentTimeoutSeconds * 1000);
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
    signOfLife: SignOfLife,
    options: ClientTransportOptions & { readonly initialOutgoingBitrateBps?: number },
  ): Promise<ClientTransport> {
    const transport = await router.createWebRtcTransport({
      webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      iceConsentTimeout: signOfLife === 'consentChecks' ? options.iceConsentTimeoutSeconds : 0,
      ...(options.initialOutgoingBitrateBps === undefined
        ? {}
        : { initialAvailableOutgoingBitrate: options.initialOutgoingBitrateBps }),
    });
    if (router.closed) {
      transport.close(); // what is made too late does not close by itself
      throw new Error('the router closed while a client was connected to it');
    }
    return new ClientTransport(transport, signOfLife, options);
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

  #watchForSilence(timeoutMs: number): void {
    this.#silenceWatch ??= new SilenceWatch(
      async () => (await this.transport.getStats())[0]?.bytesReceived ?? 0,
      timeoutMs,
      () => this.#end('timeout'),
    );
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
    this.#silenceWatch?.stop();
    this.emit('ended', this.#endReason);
  }
}

function connectionEnded(): MediaRefusal {
  return new MediaRefusal('CONNECTION_ENDED', 'The connection has ended');
}
