import { MediaRefusal } from '../refusal.ts';
import type { IceCredentials } from '../webrtc/ice-credentials.ts';
import { readIceFragment } from '../webrtc/ice-fragment.ts';
import type { OfferedIce } from '../webrtc/offered-ice.ts';
import type { ClientTransport } from './client-transport.ts';

/** Our side after a restart. */
export interface IceRestart {
  /** Names the new session. */
  readonly tag: string;
  /** `application/trickle-ice-sdpfrag` */
  readonly fragment: string;
}

interface Session {
  /** The client's. */
  readonly remote: IceCredentials;
  /** That began it; undefined of the first. */
  readonly restart: Promise<IceRestart> | undefined;
}

/** ICE of a connection that was negotiated by POST: it is patched as RFC 9725 §4.3 tells. */
export class IceSession {
  readonly #transport: ClientTransport;
  readonly #offered: OfferedIce;
  #session: Session;
  /** To fall back on when a restart fails. */
  #begun: Session;

  constructor(transport: ClientTransport, offered: OfferedIce) {
    this.#transport = transport;
    this.#offered = offered;
    this.#begun = { remote: offered.credentials, restart: undefined };
    this.#session = this.#begun;
  }

  /** Names the session under way; each restart begins another one. */
  get tag(): string {
    return this.#transport.local.iceParameters.usernameFragment;
  }

  /** What was told of the session under way, unless it is the first: for a client that the answer did not reach. */
  get lastRestart(): Promise<IceRestart> | undefined {
    return this.#session.restart;
  }

  /**
   * Takes a client's fragment: with new credentials it is a restart, with none or the same it only trickles.
   *
   * Media flows on over the old pair until the client has nominated a new one, also when it never does.
   *
   * @returns our side after a restart; undefined when there is nothing to tell
   * @throws {MediaRefusal} `BROKEN_OFFER`, `HALF_RESTART`, `CONNECTION_ENDED`
   */
  async patch(text: string): Promise<IceRestart | undefined> {
    const { credentials } = readIceFragment(text);
    const { remote } = this.#session;
    if (!credentials || sameCredentials(credentials, remote)) return undefined;
    // RFC 8839 §4.4.1.1.1: both change.
    if (credentials.usernameFragment === remote.usernameFragment || credentials.password === remote.password) {
      throw new MediaRefusal('HALF_RESTART', 'An ICE restart needs a new user name fragment and a new password');
    }
    const restart = this.#begin();
    const session = { remote: credentials, restart };
    this.#session = session;
    restart.then(
      () => {
        this.#begun = session;
      },
      () => {
        if (this.#session === session) this.#session = this.#begun;
      },
    );
    return restart;
  }

  async #begin(): Promise<IceRestart> {
    const local = await this.#transport.restartIce();
    return { tag: local.iceParameters.usernameFragment, fragment: this.#offered.fragment(local) };
  }
}

function sameCredentials(one: IceCredentials, other: IceCredentials): boolean {
  return one.usernameFragment === other.usernameFragment && one.password === other.password;
}
