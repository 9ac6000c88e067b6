import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  newTransactionId,
  parseStunMessage,
  readErrorCode,
  STUN_ATTRIBUTE,
  type StunMessage,
  writeStunMessage,
  writeUnsignedMessage,
} from '../stun/message.ts';
import { NoStunAnswer, type StunConnection } from '../stun/stun-connection.ts';
import { readXorAddress, writeXorAddress } from '../stun/xor-address.ts';

export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

export interface PeerAddress {
  readonly address: string;
  readonly port: number;
}

/** RFC 8656 §17 */
const METHOD = { allocate: 0x003, refresh: 0x004, createPermission: 0x008 } as const;
const SEND_INDICATION = 0x0016;
const DATA_INDICATION = 0x0017;
const ERROR_CLASS = 0x0110;
/** RFC 8656 §18 and RFC 8489 §18.3 */
const ATTRIBUTE = {
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
} as const;
const UNAUTHENTICATED = 401;
const STALE_NONCE = 438;
const UDP = Buffer.of(17, 0, 0, 0);
const RELAY_WAITS_MS = [250, 500, 1_000, 2_000];

/** A TURN server did not do what it was asked for. */
export class TurnRefused extends Error {
  override readonly name = 'TurnRefused';
  /** RFC 8656 §19. */
  readonly code: number;

  constructor(what: string, code: number, reason: string) {
    super(`${what} was refused with ${code} ${reason}`);
    this.code = code;
  }
}

/** A place at a relay, from which packets go to peers (RFC 8656), and come back. */
export class TurnAllocation {
  readonly #connection: StunConnection;
  readonly #credentials: TurnCredentials;
  #realm = Buffer.alloc(0);
  #nonce = Buffer.alloc(0);
  #relayed: PeerAddress = { address: '', port: 0 };

  private constructor(connection: StunConnection, credentials: TurnCredentials) {
    this.#connection = connection;
    this.#credentials = credentials;
  }

  /** @throws {TurnRefused} {NoStunAnswer} or what ended the connection */
  static async create(
    connection: StunConnection,
    credentials: TurnCredentials,
    signal: AbortSignal,
  ): Promise<TurnAllocation> {
    const allocation = new TurnAllocation(connection, credentials);
    const answer = await allocation.#ask(METHOD.allocate, new Map([[ATTRIBUTE.requestedTransport, UDP]]), signal);
    const relayed = answer.attributes.get(ATTRIBUTE.xorRelayedAddress);
    if (!relayed) throw new Error('The TURN server did not say from where it relays');
    allocation.#relayed = readXorAddress(relayed, answer.transactionId);
    return allocation;
  }

  /** From where peers get their packets. */
  get relayed(): PeerAddress {
    return this.#relayed;
  }

  /** Lets packets through to a peer, and from it. @throws {TurnRefused} 403 where the server's rules forbid it */
  async permit(peer: PeerAddress, signal: AbortSignal): Promise<void> {
    await this.#ask(METHOD.createPermission, (id) => new Map([[ATTRIBUTE.xorPeerAddress, xor(peer, id)]]), signal);
  }

  /**
   * Sends a STUN request to a peer, as often as need be.
   *
   * @returns the peer's answer
   * @throws {NoStunAnswer}
   */
  async requestPeer(peer: PeerAddress, request: Buffer, signal: AbortSignal): Promise<Buffer> {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    const hear = (message: Buffer) => {
      const { type, attributes } = parseStunMessage(message);
      const data = attributes.get(ATTRIBUTE.data);
      if (type === DATA_INDICATION && data?.subarray(8, 20).equals(request.subarray(8, 20))) resolve(data);
    };
    this.#connection.on('indication', hear);
    const done = new AbortController();
    const patience = AbortSignal.any([signal, done.signal]);
    try {
      for (const waitMs of RELAY_WAITS_MS) {
        const transactionId = newTransactionId();
        const attributes = new Map([
          [ATTRIBUTE.xorPeerAddress, xor(peer, transactionId)],
          [ATTRIBUTE.data, request],
        ]);
        this.#connection.send(writeUnsignedMessage({ type: SEND_INDICATION, transactionId, attributes }));
        const answer = await Promise.race([promise, sleep(waitMs, undefined, { signal: patience })]);
        if (answer) return answer;
      }
      throw new NoStunAnswer('nobody answers by way of the relay');
    } finally {
      done.abort();
      this.#connection.off('indication', hear);
    }
  }

  /** Gives the place back. */
  async release(signal: AbortSignal): Promise<void> {
    await this.#ask(METHOD.refresh, new Map([[ATTRIBUTE.lifetime, Buffer.alloc(4)]]), signal);
  }

  /** Asks with long-term credentials (RFC 8489 §9.2): the server tells realm and nonce when it is first asked. */
  async #ask(
    method: number,
    attributes: ReadonlyMap<number, Buffer> | ((transactionId: Buffer) => ReadonlyMap<number, Buffer>),
    signal: AbortSignal,
  ): Promise<StunMessage> {
    for (let attempt = 0; ; attempt += 1) {
      const transactionId = newTransactionId();
      const own = typeof attributes === 'function' ? attributes(transactionId) : attributes;
      const data = await this.#connection.request(
        this.#write({ type: method, transactionId, attributes: own }),
        signal,
      );
      const answer = parseStunMessage(data);
      if (answer.type === (method | 0x0100)) return answer;
      if (answer.type !== (method | ERROR_CLASS)) throw new Error('What answers is no TURN server');
      const { code, reason } = readErrorCode(answer.attributes.get(STUN_ATTRIBUTE.errorCode));
      const begins = code === UNAUTHENTICATED && this.#nonce.length === 0;
      if (attempt > 1 || !(begins || code === STALE_NONCE)) throw new TurnRefused(nameOf(method), code, reason);
      this.#realm = Buffer.from(answer.attributes.get(ATTRIBUTE.realm) ?? this.#realm);
      this.#nonce = Buffer.from(answer.attributes.get(ATTRIBUTE.nonce) ?? '');
    }
  }

  #write(message: StunMessage): Buffer {
    if (this.#nonce.length === 0) return writeUnsignedMessage(message);
    const { username, credential } = this.#credentials;
    const attributes = new Map([
      ...message.attributes,
      [STUN_ATTRIBUTE.username, Buffer.from(username)],
      [ATTRIBUTE.realm, this.#realm],
      [ATTRIBUTE.nonce, this.#nonce],
    ]);
    const key = createHash('md5').update(`${username}:${this.#realm.toString()}:${credential}`).digest();
    return writeStunMessage({ ...message, attributes }, key);
  }
}

function xor({ address, port }: PeerAddress, transactionId: Buffer): Buffer {
  return writeXorAddress(address, port, transactionId);
}

function nameOf(method: number): string {
  return method === METHOD.allocate
    ? 'A place at the relay'
    : method === METHOD.refresh
      ? 'Giving it back'
      : 'The peer';
}
