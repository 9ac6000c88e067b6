import { systemClock } from '../clock.ts';
import { CurrentToken } from '../connection/current-token.ts';
import type { SocketCarrier } from '../connection/events-socket.ts';
import { readParticipantToken, requireExchangeable, requireUnexpired } from '../connection/participant-token.ts';
import { Emitter } from '../emitter.ts';
import { createLogger, type Logger, LogLevels } from '../logging.ts';
import { carrierOf, type RealTimeConnection } from '../real-time-connection/real-time-connection.ts';
import { AskedStrategy } from './asked-strategy.ts';
import { StageConnection } from './stage-connection.ts';
import { StageError, StageErrorCategory, StageErrorCode } from './stage-error.ts';
import type { StageEventMap } from './stage-events.ts';
import { LocalStageParticipant, type LocalStageParticipantInfo } from './stage-participant.ts';
import { sameMetadata } from './stage-state.ts';
import type { StageStrategy } from './stage-strategy.ts';

export interface StageConfiguration {
  /** Over which it is joined, in the place of a connection of its own. */
  readonly realTimeConnection?: RealTimeConnection | undefined;
  /** @default LogLevels.SILENT */
  readonly logLevel?: LogLevels;
  /** @default console */
  readonly logger?: Logger;
  /**
   * Where the script of the worker is that in-band messages need, on the page's own origin: a page whose content security policy has no
   * `worker-src blob:` serves `dist/web-broadcast.worker.js` of this package itself.
   *
   * @default a `blob:` of the script that the client has in it
   */
  readonly inBandWorkerUrl?: string | URL;
}

/**
 * A stage as one participant sees it: joins with a participant token, publishes and subscribes as the strategy says, and
 * tells by events (`StageEvents`) what happens.
 */
export class Stage extends Emitter<StageEventMap> {
  /** The participant of the token. */
  readonly localParticipant: LocalStageParticipantInfo;
  readonly #token: CurrentToken;
  readonly #local: LocalStageParticipant;
  readonly #log: Logger;
  readonly #strategy: AskedStrategy;
  readonly #inBandWorkerUrl: string | URL | undefined;
  readonly #carrier: SocketCarrier | undefined;
  #connection: StageConnection | undefined;

  /**
   * @throws {StageError} `TOKEN_MALFORMED` or `TOKEN_EXPIRED`
   * @throws {TypeError} when the strategy is no object, or the real-time connection none
   */
  constructor(token: string, strategy: StageStrategy, configuration: StageConfiguration = {}) {
    super();
    this.#token = new CurrentToken(readParticipantToken(token, systemClock.now()));
    this.#local = new LocalStageParticipant(this.#token.present);
    this.localParticipant = this.#local;
    const { logLevel = LogLevels.SILENT, logger = console, inBandWorkerUrl, realTimeConnection } = configuration;
    this.#inBandWorkerUrl = inBandWorkerUrl;
    this.#log = createLogger(logLevel, logger);
    this.#strategy = new AskedStrategy(strategy, this.#log);
    this.#carrier = realTimeConnection && carrierOf(realTimeConnection);
    // Applications pass these on without the stage.
    this.join = this.join.bind(this);
    this.leave = this.leave.bind(this);
    this.refreshStrategy = this.refreshStrategy.bind(this);
    this.replaceStrategy = this.replaceStrategy.bind(this);
    this.exchangeToken = this.exchangeToken.bind(this);
  }

  /**
   * Enters the stage. Resolves when the server has let the participant in; rejects with a `StageError`, which the `error`
   * event tells as well, except for `CANCELED`: that is what `leave()` makes of a join under way.
   *
   * While joining or joined, it gives the promise of the join that is there.
   */
  join(): Promise<void> {
    if (this.#connection) return this.#connection.joined;
    try {
      const connection = this.#createConnection();
      this.#connection = connection;
      connection.connect();
      return connection.joined;
    } catch (error) {
      if (!(error instanceof StageError)) throw error;
      this.emit('error', error);
      const refused = Promise.reject(error);
      refused.catch(() => undefined); // the error event has told it
      return refused;
    }
  }

  /** Leaves the stage at once; `join()` enters it again. Does nothing outside. */
  leave(): void {
    this.#connection?.leave();
  }

  /**
   * Asks the strategy everything again, and applies what has changed. From within a function of the strategy it does nothing
   * but to tell the error `CANCELED`.
   */
  refreshStrategy(): void {
    if (this.#strategy.asking) this.#tellCanceled();
    else this.#connection?.refreshStrategy();
  }

  /**
   * Puts another strategy in the place of the present one, and asks it. The same holds as for a refresh.
   *
   * @throws {TypeError} when the strategy is no object
   */
  replaceStrategy(strategy: StageStrategy): void {
    if (!this.#strategy.asking) this.#strategy.replace(strategy);
    this.refreshStrategy();
  }

  /**
   * Takes another self-signed token for the same participant of the same stage: other attributes, user id, capabilities and
   * times. It counts here at once: what may be published no more ends, and the strategy is asked about what may be published
   * or received now. Resolves when the server has taken it, outside the stage at once.
   *
   * Rejects with a `StageError`, before anything is done for a token that cannot take the place of the present one. A server that does
   * not take it puts the participant out of the stage, with the reason `FAILED_EXCHANGE`; the token before counts again then.
   */
  async exchangeToken(newToken: string): Promise<void> {
    if (this.#strategy.asking) throw canceled();
    const before = this.#token.present;
    const token = readParticipantToken(newToken, systemClock.now());
    requireExchangeable(before, token);
    if (this.#connection) return await this.#connection.exchangeToken(token);
    this.#token.renew(token);
    this.#local.describeBy(token);
    if (!sameMetadata(before, token)) this.emit('stageParticipantMetadataChanged', this.#local);
  }

  #tellCanceled(): void {
    this.emit('error', canceled());
  }

  #createConnection(): StageConnection {
    requireWebRtc();
    requireUnexpired(this.#token.present, systemClock.now());
    const connection = new StageConnection({
      token: this.#token,
      carrier: this.#carrier,
      local: this.#local,
      strategy: this.#strategy,
      clock: systemClock,
      log: this.#log,
      inBandWorkerUrl: this.#inBandWorkerUrl,
      emit: (event, ...args) => this.emit(event, ...args),
      onEnded: () => {
        if (this.#connection === connection) this.#connection = undefined;
      },
    });
    return connection;
  }
}

function canceled(): StageError {
  const detail = 'the strategy is being asked just now';
  return new StageError(StageErrorCode.CANCELED, StageErrorCategory.JOIN_ERROR, detail);
}

/** A server that renders pages may make a stage, but not enter it. */
function requireWebRtc(): void {
  if (typeof RTCPeerConnection === 'function') return;
  throw new StageError(StageErrorCode.FAILED, StageErrorCategory.JOIN_ERROR, 'there is no WebRTC here');
}
