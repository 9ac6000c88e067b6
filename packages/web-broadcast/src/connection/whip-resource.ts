import { isStageErrorCode, StageErrorCode } from '../stage/stage-error.ts';
import { isJsonObject } from './json-object.ts';

/** What the server made of an offer to publish (RFC 9725 §4.2) or to subscribe. */
export interface WhipResource {
  /** Where to end it; undefined when the server gave no place. */
  readonly url: string | undefined;
  readonly answer: string;
}

type Facts = Partial<Pick<WhipRefusal, 'code' | 'temporary' | 'retryAfterMs' | 'status'>>;

/** A request that was not served. */
export class WhipRefusal extends Error {
  override readonly name = 'WhipRefusal';
  readonly code: StageErrorCode;
  /** Whether the same request may work later. */
  readonly temporary: boolean;
  /** How long the server asks to wait. */
  readonly retryAfterMs: number;
  /** The status of the answer; undefined when there was none. */
  readonly status: number | undefined;

  constructor(detail: string, { code = StageErrorCode.FAILED, temporary = false, retryAfterMs = 0, status }: Facts) {
    super(detail);
    this.code = code;
    this.temporary = temporary;
    this.retryAfterMs = retryAfterMs;
    this.status = status;
  }
}

const MAXIMUM_REDIRECTS = 5;
const TIMEOUT_MS = 10_000;
const MAXIMUM_ANSWER_CHARACTERS = 256 * 1024;

/**
 * Posts an offer.
 *
 * A browser follows a 307 by itself, but leaves `Authorization` out when it points to another origin, and does not let a
 * page see where it points to. So where a redirected request comes back unauthorized, the same request is made at the
 * place where it ended.
 *
 * @throws {WhipRefusal}
 */
export async function createWhipResource(whipUrl: string, token: string, offer: string): Promise<WhipResource> {
  let url = whipUrl;
  for (let hops = 0; hops <= MAXIMUM_REDIRECTS; hops += 1) {
    const response = await post(url, token, offer);
    if (response.ok) return await readResource(response);
    const ended = response.url;
    if (response.status !== 401 || !response.redirected || ended === url) throw await readRefusal(response);
    await response.body?.cancel();
    url = ended;
  }
  throw new WhipRefusal('too many redirects', {});
}

/**
 * Tells a resource of new ICE credentials.
 *
 * @param fragment `application/trickle-ice-sdpfrag`
 * @returns the server's new ones, in the same form
 * @throws {WhipRefusal}
 */
export async function restartWhipResource(url: string, token: string, fragment: string): Promise<string> {
  const response = await request(url, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/trickle-ice-sdpfrag',
      'if-match': '*',
    },
    body: fragment,
  });
  if (response.status !== 200) throw await readRefusal(response);
  return response.text();
}

/** Ends a resource. Fails silently: whoever is gone is ended by the server's own time-outs. */
export function deleteWhipResource(url: string, token: string): void {
  // Outlives the page, so that leaving while it unloads is heard.
  const request = fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${token}` }, keepalive: true });
  request.catch(() => undefined);
}

function post(url: string, token: string, offer: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
  return request(url, { method: 'POST', headers, body: offer });
}

async function request(url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const name = error instanceof Error ? error.name : 'no answer';
    const code = name === 'TimeoutError' ? StageErrorCode.TIMEOUT : StageErrorCode.FAILED;
    throw new WhipRefusal(name, { code, temporary: true });
  }
}

async function readResource(response: Response): Promise<WhipResource> {
  const answer = await response.text().catch(() => '');
  const location = response.headers.get('location');
  if (!answer || answer.length > MAXIMUM_ANSWER_CHARACTERS) throw new WhipRefusal('no answer to the offer', {});
  return { answer, url: location ? new URL(location, response.url).href : undefined };
}

async function readRefusal(response: Response): Promise<WhipRefusal> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => undefined); // a proxy may answer in other forms
  const code = isJsonObject(body) && isStageErrorCode(body.code) ? body.code : codeOfStatus(status);
  const retryAfterSeconds = Number(response.headers.get('retry-after') ?? 0);
  return new WhipRefusal(`HTTP status ${status}`, {
    code,
    temporary: status >= 500 || status === 408 || status === 429,
    retryAfterMs: retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : 0,
    status,
  });
}

function codeOfStatus(status: number): StageErrorCode {
  if (status === 401) return StageErrorCode.TOKEN_MALFORMED;
  if (status === 403) return StageErrorCode.TOKEN_NOT_ALLOWED;
  return StageErrorCode.FAILED;
}
