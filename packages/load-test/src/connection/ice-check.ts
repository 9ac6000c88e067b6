import { randomBytes } from 'node:crypto';
import {
  isAuthentic,
  newTransactionId,
  parseStunMessage,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  writeStunMessage,
} from '../stun/message.ts';
import type { IceCredentials } from './identity.ts';

/** Times by which checks go, in milliseconds. */
export interface IceTiming {
  /** The first repetition of a check that is not answered; each further one waits twice as long. */
  readonly repeatMs: number;
  /** Repetitions before the server counts as out of reach. */
  readonly repetitions: number;
  /** Between checks of a connection that is there (RFC 7675 §5.1), plus or minus a fifth. */
  readonly consentIntervalMs: number;
  /** Without an answer for so long the server is gone (RFC 7675 §5.1). */
  readonly consentExpiryMs: number;
}

export const ICE_TIMING: IceTiming = {
  repeatMs: 250,
  repetitions: 6,
  consentIntervalMs: 5_000,
  consentExpiryMs: 30_000,
};

/** RFC 8445 §5.1.2.1 for a peer-reflexive candidate of component 1. */
const PRIORITY = 110 * 2 ** 24 + 65_535 * 2 ** 8 + 255;

/** A client's side of ICE towards an ICE-lite server (RFC 8445 §2.5): it controls, and asks one address over and over. */
export class IceCheck {
  readonly #local: IceCredentials;
  readonly #remote: IceCredentials;
  readonly #send: (data: Buffer) => void;
  readonly #timing: IceTiming;
  readonly #tieBreaker = randomBytes(8);
  /** Ids of checks that may still be answered, hexadecimal. */
  readonly #pending = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #lastAnswerMs = 0;
  #nominated: (() => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #lost: () => void = () => undefined;

  constructor(
    local: IceCredentials,
    remote: IceCredentials,
    send: (data: Buffer) => void,
    timing: IceTiming = ICE_TIMING,
  ) {
    this.#local = local;
    this.#remote = remote;
    this.#send = send;
    this.#timing = timing;
  }

  /** Settles when the server has answered. @throws when it does not */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#nominated = resolve;
      this.#failed = reject;
      this.#check(0);
    });
  }

  /** Asks for consent from now on. @param lost is called once, when none comes any more */
  keep(lost: () => void): void {
    this.#lost = lost;
    this.#scheduleConsent();
  }

  receive(data: Buffer): void {
    const message = parseStunMessage(data);
    const id = message.transactionId.toString('hex');
    if (!this.#pending.has(id) || !isAuthentic(data, this.#remote.password)) return;
    this.#pending.clear();
    if (message.type === STUN_TYPE.bindingError) {
      const code = message.attributes.get(STUN_ATTRIBUTE.errorCode);
      this.#failed?.(new Error(`The server refused an ICE check: ${code?.toString('utf8', 4) || 'without a reason'}`));
    }
    if (message.type !== STUN_TYPE.bindingResponse) return;
    this.#lastAnswerMs = performance.now();
    if (!this.#nominated) return;
    clearTimeout(this.#timer);
    this.#nominated();
    this.#nominated = undefined;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#pending.clear();
  }

  #check(attempt: number): void {
    if (attempt > this.#timing.repetitions) {
      this.#failed?.(new Error('The server does not answer ICE checks'));
      return;
    }
    this.#sendRequest();
    this.#timer = setTimeout(() => this.#check(attempt + 1), this.#timing.repeatMs * 2 ** attempt);
  }

  #scheduleConsent(): void {
    const delayMs = this.#timing.consentIntervalMs * (0.8 + 0.4 * Math.random());
    this.#timer = setTimeout(() => {
      if (performance.now() - this.#lastAnswerMs > this.#timing.consentExpiryMs) {
        this.#lost();
        return;
      }
      this.#sendRequest();
      this.#scheduleConsent();
    }, delayMs);
  }

  #sendRequest(): void {
    const transactionId = newTransactionId();
    this.#pending.add(transactionId.toString('hex'));
    const priority = Buffer.alloc(4);
    priority.writeUInt32BE(PRIORITY);
    const attributes = new Map([
      [STUN_ATTRIBUTE.username, Buffer.from(`${this.#remote.usernameFragment}:${this.#local.usernameFragment}`)],
      [STUN_ATTRIBUTE.iceControlling, this.#tieBreaker],
      [STUN_ATTRIBUTE.useCandidate, Buffer.alloc(0)],
      [STUN_ATTRIBUTE.priority, priority],
    ]);
    this.#send(writeStunMessage({ type: STUN_TYPE.bindingRequest, transactionId, attributes }, this.#remote.password));
  }
}
