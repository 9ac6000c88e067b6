import type { StageError } from '../stage/stage-error.ts';
import type { ParticipantToken } from './participant-token.ts';

/** A token that the server is to take in the place of the one before. */
export interface TokenExchange {
  readonly exchangeId: number;
  readonly token: ParticipantToken;
}

interface Unconfirmed extends TokenExchange {
  readonly settle: PromiseWithResolvers<void>;
}

/**
 * The token of one participant, which another one may take the place of. It counts here at once; until the server has
 * confirmed it, nothing is asked for that needs it.
 */
export class CurrentToken {
  #present: ParticipantToken;
  #confirmed: ParticipantToken;
  #lastExchangeId = 0;
  /** The oldest first. */
  #unconfirmed: readonly Unconfirmed[] = [];

  constructor(token: ParticipantToken) {
    this.#present = token;
    this.#confirmed = token;
  }

  get present(): ParticipantToken {
    return this.#present;
  }

  /** The newest that the server is known to have taken, or to be asked about by a join. */
  get confirmed(): ParticipantToken {
    return this.#confirmed;
  }

  /** What the server is to be told; undefined when it has confirmed the present token. */
  get exchange(): TokenExchange | undefined {
    return this.#unconfirmed.at(-1);
  }

  /** Resolves with the present token once the server has confirmed it; rejects as its exchange does. */
  async settled(): Promise<ParticipantToken> {
    for (let last = this.#unconfirmed.at(-1); last; last = this.#unconfirmed.at(-1)) await last.settle.promise;
    return this.#present;
  }

  /** Takes another token. Resolves when the server has confirmed this one, or one that came after it. */
  replace(token: ParticipantToken): Promise<void> {
    this.#lastExchangeId += 1;
    const settle = Promise.withResolvers<void>();
    settle.promise.catch(() => undefined); // whoever does not wait learns of it by the end of the stay
    this.#present = token;
    this.#unconfirmed = [...this.#unconfirmed, { exchangeId: this.#lastExchangeId, token, settle }];
    return settle.promise;
  }

  /** Takes another token outside the stage: the next join asks the server about it. */
  renew(token: ParticipantToken): void {
    this.#present = token;
    this.#confirmed = token;
  }

  /** The server has taken the token of this exchange. */
  confirm(exchangeId: number): void {
    const settled = this.#unconfirmed.filter((exchange) => exchange.exchangeId <= exchangeId);
    this.#unconfirmed = this.#unconfirmed.filter((exchange) => exchange.exchangeId > exchangeId);
    this.#confirmed = settled.at(-1)?.token ?? this.#confirmed;
    for (const { settle } of settled) settle.resolve();
  }

  /** The server has refused the present token: the one that it took last counts again. */
  refuse(error: StageError): void {
    this.#present = this.#confirmed;
    this.#reject(error);
  }

  /** Nobody will be asked about the present token but by the next join. */
  keep(error: StageError): void {
    this.#confirmed = this.#present;
    this.#reject(error);
  }

  #reject(error: StageError): void {
    const rejected = this.#unconfirmed;
    this.#unconfirmed = [];
    for (const { settle } of rejected) settle.reject(error);
  }
}
