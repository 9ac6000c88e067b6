import { systemClock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { ChannelCarrier } from './channel-carrier.ts';
import { readConnectionToken } from './connection-token.ts';
import type { RealTimeConnectionEventMap } from './real-time-connection-events.ts';

const carriers = new WeakMap<RealTimeConnection, ChannelCarrier>();

/**
 * One connection, opened ahead by a connection token, over which several stages are joined: each given to `new Stage()` as
 * `realTimeConnection`. It tells by `stateChanged` what becomes of it, and must outlive its stages.
 */
export class RealTimeConnection extends Emitter<RealTimeConnectionEventMap> {
  readonly #carrier: ChannelCarrier;

  /** @throws {RealTimeConnectionError} `TOKEN_MALFORMED` or `TOKEN_EXPIRED` */
  constructor(token: string) {
    super();
    this.#carrier = new ChannelCarrier({
      token: readConnectionToken(token, systemClock.now()),
      clock: systemClock,
      onStateChanged: (...changed) => this.emit('stateChanged', ...changed),
    });
    carriers.set(this, this.#carrier);
    // As those of stages, these may be passed on without their object.
    this.connect = this.connect.bind(this);
    this.disconnect = this.disconnect.bind(this);
  }

  /** Opens it; the first stage that joins over it does so, too. Does nothing where it is there or about to be. */
  connect(): void {
    this.#carrier.connect();
  }

  /** Closes it: every stage on it is left, with the reason `real-time-connection-forced-leave`. It may be opened again. */
  disconnect(): void {
    this.#carrier.disconnect();
  }
}

/** What carries the stages on it. @throws {TypeError} when it is no such connection */
export function carrierOf(connection: RealTimeConnection): ChannelCarrier {
  const carrier = carriers.get(connection);
  if (!carrier) throw new TypeError('realTimeConnection is no RealTimeConnection');
  return carrier;
}
