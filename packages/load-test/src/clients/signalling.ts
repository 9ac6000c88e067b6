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

  constructor(what: string, status: number, text: string) {
    super(`${what} was answered with ${status}: ${text.slice(0, 300) || 'nothing'}`);
    this.status = status;
  }
}

const MAXIMUM_REDIRECTS = 3;

/** Signalling by WHIP (RFC 9725), or in the same way for subscribers. */
export function postTo(url: string, token: string): Signalling {
  return async (offer) => {
    const { response, from } = await post(url, token, offer);
    const answer = await response.text();
    if (response.status !== 201) throw new Refused(`The offer to ${new URL(from).pathname}`, response.status, answer);
    const location = response.headers.get('location');
    if (location === null) throw new Error('The server did not say where to end what it made (Location)');
    const resource = new URL(location, from);
    return {
      answer,
      async end() {
        const ended = await fetch(resource, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
        const text = await ended.text();
        // The server may have ended it first.
        if (!ended.ok && ended.status !== 404) throw new Refused('DELETE', ended.status, text);
      },
    };
  };
}

/** Follows a redirect with method, body and token, as WHIP wants it (RFC 9725 §4.5) and `fetch` does not do it. */
async function post(url: string, token: string, offer: string): Promise<{ response: Response; from: string }> {
  let from = url;
  for (let redirects = 0; ; redirects += 1) {
    const response = await fetch(from, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' },
      body: offer,
      redirect: 'manual',
    });
    const location = response.headers.get('location');
    if (response.status !== 307 || location === null || redirects === MAXIMUM_REDIRECTS) return { response, from };
    await response.arrayBuffer();
    from = new URL(location, from).href;
  }
}
