import { createHmac } from 'node:crypto';
import type { AlarmClock } from '../clock.ts';
import type { EventsSocket } from '../signalling/events-socket.ts';

export type TurnSettings = {
  /** Where the relays are, as RFC 7065 writes it: `turn:turn.example.com:3478?transport=udp`. */
  readonly urls: readonly string[];
  /** What the relays know as well. */
  readonly secret: string;
  readonly ttlSeconds: number;
};

/** Relays and what opens them to one participant for a while, in the form of WebRTC's `RTCIceServer`. */
export type IceServers = {
  readonly iceServers: readonly {
    readonly urls: readonly string[];
    readonly username: string;
    readonly credential: string;
  }[];
  readonly expiresAt: Date;
};

/**
 * The relays of the operator. Their credentials are made from a secret that both sides know, and hold until the time that
 * stands in the user name (https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00).
 */
export class TurnServers {
  readonly #settings: TurnSettings;
  readonly #clock: AlarmClock;

  /** @param clock the real one: the relays go by it */
  constructor(settings: TurnSettings, clock: AlarmClock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  issue(participantId: string): IceServers {
    const { urls, secret, ttlSeconds } = this.#settings;
    const expiry = Math.floor(this.#clock.now().getTime() / 1_000) + ttlSeconds;
    const username = `${expiry}:${participantId}`;
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    return { iceServers: [{ urls, username, credential }], expiresAt: new Date(expiry * 1_000) };
  }

  /** Tells a participant its credentials, and new ones when half their time is over, for as long as its socket lives. */
  accompany(participantId: string, socket: Pick<EventsSocket, 'send' | 'once'>): void {
    const tell = () => {
      socket.send(JSON.stringify({ type: 'ICE_SERVERS', payload: this.issue(participantId) }));
      return this.#clock.setAlarm((this.#settings.ttlSeconds * 1_000) / 2, () => {
        alarm = tell();
      });
    };
    let alarm = tell();
    socket.once('closed', () => alarm.cancel());
  }
}

/** `Link` headers of a WHIP answer, one for each address (RFC 9725 section 4.6). */
export function iceServerLinks({ iceServers }: IceServers): string[] {
  return iceServers.flatMap(({ urls, username, credential }) =>
    urls.map(
      (url) =>
        `<${url}>; rel="ice-server"; username="${username}"; credential="${credential}"; credential-type="password"`,
    ),
  );
}
