import { createHash } from 'node:crypto';
import { DtlsClient } from '#werift';
import type { MasterKeys } from '../srtp/session-keys.ts';
import { type DtlsRecord, readRecords } from './dtls-record.ts';
import { HandshakeFilter } from './handshake-filter.ts';
import { type Identity, SIGNATURE } from './identity.ts';
import { isSignedBy } from './server-key-exchange.ts';

export interface DtlsKeys {
  readonly local: MasterKeys;
  readonly remote: MasterKeys;
}

const AEAD_AES_128_GCM = 7;
const KEY_BYTES = 16;
const SALT_BYTES = 12;
const SERVER_KEY_EXCHANGE = 12;
const ALERT = 21;
const CLOSE_NOTIFY = 0;
const FATAL = 2;
/** A flight that is not waited for any more: above all that the library counts. */
const NO_FLIGHT = 99;

/** The client's side of a DTLS-SRTP handshake (RFC 5764), over datagrams that somebody else carries. */
export class DtlsHandshake {
  /** Rejects when the handshake fails, or the server is not the one that its session description says. */
  readonly keys: Promise<DtlsKeys>;
  /** Settles when the server says goodbye. */
  readonly ended: Promise<void>;
  readonly #client: DtlsClient;
  readonly #receive: (data: Buffer) => void;
  readonly #filter = new HandshakeFilter();
  readonly #keyExchanges: Buffer[] = [];
  #done = false;
  #end: () => void = () => undefined;

  /** @param fingerprint SHA-256 of the server's certificate, as its session description says */
  constructor(identity: Identity, fingerprint: string, send: (data: Buffer) => void) {
    const transport = {
      type: 'udp',
      address: { address: '', family: '', port: 0 },
      closed: false,
      onData: (_data: Buffer): void => undefined,
      send: async (data: Buffer) => send(data),
      close: async () => undefined,
    };
    this.#client = new DtlsClient({
      transport,
      cert: identity.certificatePem,
      key: identity.keyPem,
      signatureHash: SIGNATURE,
      srtpProfiles: [AEAD_AES_128_GCM],
      extendedMasterSecret: true,
    });
    this.#receive = (data) => transport.onData(data);
    this.#keepKeyExchanges();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
      this.#client.onClose.once(() => resolve());
    });
    this.keys = new Promise((resolve, reject) => {
      this.#client.onConnect.once(() => {
        this.#done = true;
        try {
          resolve(this.#readKeys(fingerprint));
        } catch (error) {
          reject(error);
        }
      });
      this.#client.onError.once((cause) => reject(new Error('The DTLS handshake failed', { cause })));
      this.ended.then(() => reject(new Error('The server ended the DTLS handshake')));
      this.#client.connect().catch((cause) => reject(new Error('The DTLS handshake failed', { cause })));
    });
  }

  /** The library, which takes some things in clear for the server's, hears nothing any more when the handshake is done. */
  receive(data: Buffer): void {
    if (this.#done) {
      if (readRecords(data).some((record) => this.#isGoodbye(record))) this.#end();
      return;
    }
    const fresh = this.#filter.take(data);
    if (fresh) this.#receive(fresh);
  }

  /** Ends its repetitions. */
  close(): void {
    this.#client.dtls.flight = NO_FLIGHT;
    for (const event of [this.#client.onConnect, this.#client.onError, this.#client.onClose]) event.allUnsubscribe();
  }

  /** The library uses the key of each that it handles, and does not look at the signature. */
  #keepKeyExchanges(): void {
    const handle = this.#client.onHandleHandshakes;
    this.#client.onHandleHandshakes = (messages) => {
      for (const { msg_type, fragment } of messages)
        if (msg_type === SERVER_KEY_EXCHANGE) this.#keyExchanges.push(fragment);
      return handle(messages);
    };
  }

  #isGoodbye({ type, version, epoch, sequenceNumber, body }: DtlsRecord): boolean {
    if (type !== ALERT || epoch === 0) return false;
    const { sessionType, cipher } = this.#client.cipher;
    try {
      const [level, description] = cipher.decrypt(sessionType, body, { type, version, epoch, sequenceNumber });
      return level === FATAL || description === CLOSE_NOTIFY;
    } catch {
      return false; // not the server's
    }
  }

  #readKeys(fingerprint: string): DtlsKeys {
    const { remoteCertificate = Buffer.alloc(0), srtp, cipher } = this.#client;
    if (srtp.srtpProfile !== AEAD_AES_128_GCM) throw new Error('The server does not know SRTP with AEAD_AES_128_GCM');
    const digest = createHash('sha256').update(remoteCertificate).digest('hex');
    if (digest !== fingerprint.replaceAll(':', '').toLowerCase()) {
      throw new Error('The server has another certificate than its session description says');
    }
    const randoms = [cipher.localRandom.serialize(), cipher.remoteRandom.serialize()] as const;
    if (!this.#keyExchanges.every((message) => isSignedBy(remoteCertificate, randoms, message))) {
      throw new Error('The key of the server is not signed by its certificate');
    }
    const keys = this.#client.extractSessionKeys(KEY_BYTES, SALT_BYTES);
    return {
      local: { key: keys.localKey, salt: keys.localSalt },
      remote: { key: keys.remoteKey, salt: keys.remoteSalt },
    };
  }
}
