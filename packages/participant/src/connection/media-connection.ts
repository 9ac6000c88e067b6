import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { isIPv6 } from 'node:net';
import { NotAuthentic } from '../srtp/packet-protection.ts';
import { SrtpSession } from '../srtp/session.ts';
import { isStun } from '../stun/message.ts';
import { DtlsHandshake } from './dtls-handshake.ts';
import { IceAgent, type IceRole, type Source } from './ice-agent.ts';
import type { IceCredentials, Identity } from './identity.ts';

/** The server's side of a connection, as its session description says. */
export interface RemoteTransport {
  readonly credentials: IceCredentials;
  /** SHA-256 of its certificate. */
  readonly fingerprint: string;
  readonly address: string;
  readonly port: number;
  /** Whether it only answers ICE checks (RFC 8445 §2.5). */
  readonly lite: boolean;
}

/** Our side of a connection. */
export interface LocalIce {
  readonly credentials: IceCredentials;
  readonly role: IceRole;
}

export interface MediaConnectionEvents {
  /** As it came, still protected: {@link MediaConnection.unprotect} or {@link MediaConnection.openRtp} opens it. */
  rtp: [packet: Buffer];
  /** A compound packet, opened. */
  rtcp: [packet: Buffer];
  /** At most once, unless it was closed by us. Nothing follows. */
  lost: [error: Error];
}

const CONNECT_TIMEOUT_MS = 15_000;
/** Room for a burst while this process does something else. The system may give less. */
const RECEIVE_BUFFER_BYTES = 1_000_000;

/**
 * A client's connection: ICE, DTLS and SRTP over one UDP socket of its own. Two clients of one server cannot share a socket:
 * by its address the server knows whose a packet is.
 */
export class MediaConnection extends EventEmitter<MediaConnectionEvents> {
  readonly #socket: Socket;
  readonly #ice: IceAgent;
  readonly #identity: Identity;
  readonly #remote: RemoteTransport;
  #handshake: DtlsHandshake | undefined;
  #srtp: SrtpSession | undefined;
  #closed = false;
  /** Reports that could not be opened. */
  notAuthentic = 0;
  /** Part of the media packets that are thrown away when they come, 0 to 1: a bad line. */
  lossRatio = 0;

  private constructor(socket: Socket, identity: Identity, local: LocalIce, remote: RemoteTransport) {
    super();
    this.#socket = socket;
    this.#identity = identity;
    this.#remote = remote;
    const sides = { local: local.credentials, remote: remote.credentials, role: local.role };
    this.#ice = new IceAgent(sides, (data) => this.#send(data));
    socket.on('message', (data, source) => this.#receive(data, source));
    socket.on('error', (error) => this.#lose(error));
  }

  /**
   * @param ended aborted when nobody wants it any more before it is there
   * @throws when ICE or DTLS fails, or takes longer than 15 s, or by `ended`; nothing is left open then
   */
  static async open(
    identity: Identity,
    local: LocalIce,
    remote: RemoteTransport,
    ended?: AbortSignal,
  ): Promise<MediaConnection> {
    ended?.throwIfAborted();
    const socket = createSocket({
      type: isIPv6(remote.address) ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
    });
    const connection = new MediaConnection(socket, identity, local, remote);
    const stop = () => connection.#lose(new Error('Nobody wants the connection any more'));
    ended?.addEventListener('abort', stop);
    try {
      await connection.#connect();
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      ended?.removeEventListener('abort', stop);
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Protects and sends an RTP packet. */
  sendRtp(packet: Buffer): void {
    if (this.#srtp) this.#send(this.#srtp.protectRtp(packet));
  }

  /** Protects and sends reports. */
  sendRtcp(packet: Buffer): void {
    if (this.#srtp) this.#send(this.#srtp.protectRtcp(packet));
  }

  /** Counts a packet that came; each one must be counted, in the order in which they came. */
  arrived(ssrc: number, sequenceNumber: number): number {
    return this.#srtp?.arrived(ssrc, sequenceNumber) ?? 0;
  }

  /**
   * Opens a packet.
   *
   * @param rolloverCount as {@link arrived} told it
   * @throws {NotAuthentic}
   */
  unprotect(packet: Buffer, rolloverCount: number): Buffer {
    if (!this.#srtp) throw new NotAuthentic('The connection is not there');
    return this.#srtp.unprotectRtp(packet, rolloverCount);
  }

  /** Counts and opens a packet in one, where every packet is looked into. @throws {NotAuthentic} */
  openRtp(packet: Buffer): Buffer {
    if (!this.#srtp) throw new NotAuthentic('The connection is not there');
    return this.#srtp.openRtp(packet);
  }

  /** Ends without a word to the server, as a process that is killed does. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ice.close();
    this.#handshake?.close();
    this.#socket.close();
  }

  async #connect(): Promise<void> {
    const failed = new AbortController();
    const timer = setTimeout(() => failed.abort(), CONNECT_TIMEOUT_MS);
    const timeout = once(failed.signal, 'abort').then(() => {
      throw new Error(`${this.#handshake ? 'DTLS' : 'ICE'} took longer than ${CONNECT_TIMEOUT_MS} ms`);
    });
    const lost = once(this, 'lost').then(([error]) => Promise.reject(error));
    timeout.catch(() => undefined);
    lost.catch(() => undefined);
    try {
      await Promise.race([this.#shakeHands(), timeout, lost]);
    } finally {
      clearTimeout(timer);
      this.removeAllListeners('lost');
    }
  }

  async #shakeHands(): Promise<void> {
    // The kernel takes packets from this one address alone then, and sends without looking it up.
    this.#socket.connect(this.#remote.port, this.#remote.address);
    await once(this.#socket, 'connect');
    await this.#ice.connect();
    this.#handshake = new DtlsHandshake(this.#identity, this.#remote.fingerprint, (data) => this.#send(data));
    const { local, remote } = await this.#handshake.keys;
    this.#srtp = new SrtpSession(local, remote);
    this.#handshake.ended.then(() => this.#lose(new Error('The server ended the connection')));
    this.#ice.keep(() => this.#lose(new Error('The server does not answer any more')));
  }

  #receive(data: Buffer, source: Source): void {
    const first = data[0] ?? 255;
    if (first >= 128 && first < 192) this.#receiveMedia(data);
    else if (isStun(data)) this.#receiveStun(data, source);
    else if (first >= 20 && first < 64) this.#handshake?.receive(data);
  }

  #receiveStun(data: Buffer, source: Source): void {
    try {
      this.#ice.receive(data, source);
    } catch (error) {
      // Broken, or no message at all: as if it had been lost.
      if (!(error instanceof RangeError)) throw error;
    }
  }

  #receiveMedia(data: Buffer): void {
    const type = data[1] ?? 0;
    if (type < 192 || type > 223) {
      if (this.lossRatio === 0 || Math.random() >= this.lossRatio) this.emit('rtp', data);
      return;
    }
    if (!this.#srtp) return;
    try {
      this.emit('rtcp', this.#srtp.unprotectRtcp(data));
    } catch (error) {
      if (!(error instanceof NotAuthentic)) throw error;
      this.notAuthentic += 1;
    }
  }

  #send(data: Buffer): void {
    if (!this.#closed) this.#socket.send(data);
  }

  #lose(error: Error): void {
    if (this.#closed) return;
    this.emit('lost', error);
    this.close();
  }
}
