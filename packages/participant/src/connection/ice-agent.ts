import { randomBytes } from 'node:crypto';
import {
  isAuthentic,
  newTransactionId,
  parseStunMessage,
  ROLE_CONFLICT,
  readErrorCode,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  type StunMessage,
  writeErrorCode,
  writeStunMessage,
} from '../stun/message.ts';
import { writeXorAddress } from '../stun/xor-address.ts';
import type { IceCredentials } from './identity.ts';

/** Who of the two chooses the way that media takes (RFC 8445 §4). */
export type IceRole = 'controlling' | 'controlled';

/** The role of one who answers: who offers controls, unless it is ICE-lite (RFC 8445 §6.1.1). */
export function answererRole(offerer: { readonly lite: boolean }): IceRole {
  return offerer.lite ? 'controlling' : 'controlled';
}

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

/** Where a datagram came from. */
export interface Source {
  readonly address: string;
  readonly port: number;
}

/** RFC 8445 §5.1.2.1 for a peer-reflexive candidate of component 1. */
const PRIORITY = 110 * 2 ** 24 + 65_535 * 2 ** 8 + 255;

/**
 * One side of ICE with a single pair of candidates: one address of the server, which is told, and one of ours, which the
 * server sees in our checks. The server may be ICE-lite, which answers checks, or a full agent, which makes its own.
 */
export class IceAgent {
  readonly #local: IceCredentials;
  readonly #remote: IceCredentials;
  readonly #send: (data: Buffer) => void;
  readonly #timing: IceTiming;
  readonly #tieBreaker = randomBytes(8);
  /** Checks that may still be answered: by id, hexadecimal, the role in which they were sent. */
  readonly #pending = new Map<string, IceRole>();
  #role: IceRole;
  #timer: NodeJS.Timeout | undefined;
  #lastAnswerMs: number | undefined;
  /** Whether the controlling side has chosen the pair. */
  #nominated = false;
  #connected: (() => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #lost: () => void = () => undefined;

  constructor(
    { local, remote, role }: { local: IceCredentials; remote: IceCredentials; role: IceRole },
    send: (data: Buffer) => void,
    timing: IceTiming = ICE_TIMING,
  ) {
    this.#local = local;
    this.#remote = remote;
    this.#role = role;
    this.#send = send;
    this.#timing = timing;
  }

  /** As it is now: a conflict may have changed it. */
  get role(): IceRole {
    return this.#role;
  }

  /** Settles when the server has answered and the pair is chosen. @throws when that does not come */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connected = resolve;
      this.#failed = reject;
      this.#check(0);
    });
  }

  /** Asks for consent from now on. @param lost is called once, when none comes any more */
  keep(lost: () => void): void {
    this.#lost = lost;
    this.#scheduleConsent();
  }

  /** @throws {RangeError} for what is no whole message */
  receive(data: Buffer, source: Source): void {
    const message = parseStunMessage(data);
    if (message.type === STUN_TYPE.bindingRequest) this.#answer(data, message, source);
    else if (message.type === STUN_TYPE.bindingResponse || message.type === STUN_TYPE.bindingError) {
      this.#hear(data, message);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#connected = undefined;
    this.#failed = undefined;
    this.#pending.clear();
  }

  /** RFC 8445 §7.3. A request that is not the server's is left without an answer. */
  #answer(data: Buffer, { transactionId, attributes }: StunMessage, { address, port }: Source): void {
    const username = attributes.get(STUN_ATTRIBUTE.username)?.toString();
    if (username !== `${this.#local.usernameFragment}:${this.#remote.usernameFragment}`) return;
    if (!isAuthentic(data, this.#local.password)) return;
    const respond = (type: number, attribute: number, value: Buffer) => {
      const response = { type, transactionId, attributes: new Map([[attribute, value]]) };
      this.#send(writeStunMessage(response, this.#local.password));
    };
    if (this.#mustInsist(attributes)) {
      respond(STUN_TYPE.bindingError, STUN_ATTRIBUTE.errorCode, writeErrorCode(ROLE_CONFLICT, 'Role Conflict'));
      return;
    }
    const mapped = writeXorAddress(address, port, transactionId);
    respond(STUN_TYPE.bindingResponse, STUN_ATTRIBUTE.xorMappedAddress, mapped);
    if (this.#role === 'controlled' && attributes.has(STUN_ATTRIBUTE.useCandidate)) this.#nominated = true;
    // A triggered check (RFC 8445 §7.3.1.4): the server's came through, so ours may.
    if (this.#connected && this.#lastAnswerMs === undefined) this.#sendRequest();
    this.#conclude();
  }

  /** Whether the other side has to give way in a conflict of roles (RFC 8445 §7.3.1.1); if we have to, we do. */
  #mustInsist(attributes: StunMessage['attributes']): boolean {
    const theirs = attributes.get(roleAttribute(this.#role));
    if (!theirs) return false;
    const weControl = this.#tieBreaker.compare(theirs) >= 0;
    if (weControl === (this.#role === 'controlling')) return true;
    this.#role = other(this.#role);
    return false;
  }

  #hear(data: Buffer, { type, transactionId, attributes }: StunMessage): void {
    const sentAs = this.#pending.get(transactionId.toString('hex'));
    if (sentAs === undefined || !isAuthentic(data, this.#remote.password)) return;
    this.#pending.clear();
    if (type === STUN_TYPE.bindingError) {
      this.#hearRefusal(sentAs, attributes.get(STUN_ATTRIBUTE.errorCode));
      return;
    }
    this.#lastAnswerMs = performance.now();
    // That check said that we choose the pair.
    if (sentAs === 'controlling') this.#nominated = true;
    this.#conclude();
  }

  #hearRefusal(sentAs: IceRole, errorCode: Buffer | undefined): void {
    const { code, reason } = readErrorCode(errorCode);
    if (code !== ROLE_CONFLICT) {
      this.#failed?.(new Error(`The server refused an ICE check: ${code} ${reason}`));
      return;
    }
    this.#role = other(sentAs);
    this.#sendRequest();
  }

  #conclude(): void {
    if (!this.#connected || !this.#nominated || this.#lastAnswerMs === undefined) return;
    clearTimeout(this.#timer);
    this.#connected();
    this.#connected = undefined;
  }

  #check(attempt: number): void {
    const answered = this.#lastAnswerMs !== undefined;
    if (attempt > this.#timing.repetitions) {
      this.#failed?.(new Error(`The server does not ${answered ? 'nominate the pair' : 'answer ICE checks'}`));
      return;
    }
    if (!answered) this.#sendRequest();
    this.#timer = setTimeout(() => this.#check(attempt + 1), this.#timing.repeatMs * 2 ** attempt);
  }

  #scheduleConsent(): void {
    const delayMs = this.#timing.consentIntervalMs * (0.8 + 0.4 * Math.random());
    this.#timer = setTimeout(() => {
      if (performance.now() - (this.#lastAnswerMs ?? 0) > this.#timing.consentExpiryMs) {
        this.#lost();
        return;
      }
      this.#sendRequest();
      this.#scheduleConsent();
    }, delayMs);
  }

  #sendRequest(): void {
    const transactionId = newTransactionId();
    this.#pending.set(transactionId.toString('hex'), this.#role);
    const priority = Buffer.alloc(4);
    priority.writeUInt32BE(PRIORITY);
    const attributes = new Map([
      [STUN_ATTRIBUTE.username, Buffer.from(`${this.#remote.usernameFragment}:${this.#local.usernameFragment}`)],
      [roleAttribute(this.#role), this.#tieBreaker],
      [STUN_ATTRIBUTE.priority, priority],
    ]);
    // There is but one pair to choose.
    if (this.#role === 'controlling') attributes.set(STUN_ATTRIBUTE.useCandidate, Buffer.alloc(0));
    this.#send(writeStunMessage({ type: STUN_TYPE.bindingRequest, transactionId, attributes }, this.#remote.password));
  }
}

function other(role: IceRole): IceRole {
  return role === 'controlling' ? 'controlled' : 'controlling';
}

function roleAttribute(role: IceRole): number {
  return role === 'controlling' ? STUN_ATTRIBUTE.iceControlling : STUN_ATTRIBUTE.iceControlled;
}
