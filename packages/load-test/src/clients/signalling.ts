import { type HttpAnswer, httpCall } from './http-call.ts';

/** What a server made of an offer. */
export interface Answered {
  /** SDP. */
  readonly answer: string;
  /** Tells the server that it is over. */
  end(): Promise<void>;
}

/** Hands an offer to a server, by whatever protocol it has. */
export type Signalling = (offer: string) => Promise<Answered>;

/** A server that did not do what it was asked for. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  /** What the server said, 300 characters at most. */
  readonly text: string;

  constructor(what: string, status: number, text: string) {
    super(`${what} was answered with ${status}: ${text.slice(0, 300) || 'nothing'}`);
    this.status = status;
    this.text = text.slice(0, 300);
  }
}

const MAXIMUM_REDIRECTS = 3;

/** Signalling by WHIP (RFC 9725), or in the same way for subscribers. */
export function postTo(url: string, token: string): Signalling {
  return async (offer) => {
    const { status, headers, body, from } = await post(url, token, offer);
    if (status !== 201) throw new Refused(`The offer to ${new URL(from).pathname}`, status, body);
    const { location } = headers;
    if (location === undefined) throw new Error('The server did not say where to end what it made (Location)');
    const resource = new URL(location, from);
    return {
      answer: body,
      async end() {
        const ended = await httpCall('DELETE', resource, { authorization: `Bearer ${token}` });
        // The server may have ended it first.
        if (ended.status !== 200 && ended.status !== 404) throw new Refused('DELETE', ended.status, ended.body);
      },
    };
  };
}

/** Follows a redirect with method, body and token, as WHIP wants it (RFC 9725 §4.5). */
async function post(url: string, token: string, offer: string): Promise<HttpAnswer & { from: string }> {
  let from = url;
  for (let redirects = 0; ; redirects += 1) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
    const answer = await httpCall('POST', from, headers, offer);
    const { location } = answer.headers;
    if (answer.status !== 307 || location === undefined || redirects === MAXIMUM_REDIRECTS) return { ...answer, from };
    from = new URL(location, from).href;
  }
}
