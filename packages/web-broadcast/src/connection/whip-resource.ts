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
 * @param ended aborted when nobody wants it any more
 * @throws {WhipRefusal}
 */
export async function createWhipResource(
  whipUrl: string,
  token: string,
  offer: string,
  ended: AbortSignal,
): Promise<WhipResource> {
  let url = whipUrl;
  for (let hops = 0; hops <= MAXIMUM_REDIRECTS; hops += 1) {
    const response = await post(url, token, offer, ended);
    if (response.ok) return await readResource(response, token);
    const endedAt = response.url;
    if (response.status !== 401 || !response.redirected || endedAt === url) throw await readRefusal(response);
    await response.body?.cancel();
    url = endedAt;
  }
  throw new WhipRefusal('too many redirects', {});
}

/**
 * Tells a resource of new ICE credentials.
 *
 * @param fragment `application/trickle-ice-sdpfrag`
 * @param ended aborted when nobody wants it any more
 * @returns the server's new ones, in the same form
 * @throws {WhipRefusal}
 */
export async function restartWhipResource(
  url: string,
  token: string,
  fragment: string,
  ended: AbortSignal,
): Promise<string> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/trickle-ice-sdpfrag',
    'if-match': '*',
  };
  const response = await request(url, { method: 'PATCH', headers, body: fragment }, ended);
  if (response.status !== 200) throw await readRefusal(response);
  return readText(response);
}

/** Ends a resource. Fails silently: whoever is gone is ended by the server's own time-outs. */
export function deleteWhipResource(url: string, token: string): void {
  // Outlives the page, so that leaving while it unloads is heard.
  const request = fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${token}` }, keepalive: true });
  request.catch(() => undefined);
}

function post(url: string, token: string, offer: string, ended: AbortSignal): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
  return request(url, { method: 'POST', headers, body: offer }, ended);
}

async function request(url: string, options: RequestInit, ended: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { ...options, signal: firstOf(ended, AbortSignal.timeout(TIMEOUT_MS)) });
  } catch (error) {
    const name = error instanceof Error ? error.name : 'no answer';
    const code = name === 'TimeoutError' ? StageErrorCode.TIMEOUT : StageErrorCode.FAILED;
    throw new WhipRefusal(name, { code, temporary: true });
  }
}

/** Aborted as soon as one of them is. `AbortSignal.any()` is younger than the browsers that this runs in. */
function firstOf(...signals: readonly AbortSignal[]): AbortSignal {
  const first = new AbortController();
  for (const signal of signals) {
    const abort = () => first.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { signal: first.signal });
  }
  return first.signal;
}

/** What is made of the offer is ended where its answer does not come. */
async function readResource(response: Response, token: string): Promise<WhipResource> {
  const location = response.headers.get('location');
  const url = location ? new URL(location, response.url).href : undefined;
  try {
    return { answer: await readAnswer(response), url };
  } catch (error) {
    if (url) deleteWhipResource(url, token);
    throw error;
  }
}

async function readAnswer(response: Response): Promise<string> {
  const answer = await readText(response).catch(() => {
    throw new WhipRefusal('the answer broke off', { temporary: true });
  });
  if (!answer) throw new WhipRefusal('no answer to the offer', {});
  return answer;
}

/** Empty for what is longer than any answer: the rest of it is not waited for. */
async function readText({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length <= MAXIMUM_ANSWER_CHARACTERS) continue;
    await reader?.cancel();
    return '';
  }
  return text + decoder.decode();
}

async function readRefusal(response: Response): Promise<WhipRefusal> {
  const { status } = response;
  const body: unknown = await readText(response)
    .then((text) => JSON.parse(text))
    .catch(() => undefined); // a proxy may answer in other forms
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
