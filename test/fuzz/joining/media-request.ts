import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';

/** Failure guard: no answer takes that long. */
const guardMs = 60_000;

export const agent = new Agent({ keepAlive: true, maxSockets: 4 });

export interface MediaAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What the media routes may answer to one who asks wrongly. */
const refusals = new Set([400, 401, 403, 404, 405, 406, 412, 413, 415, 421, 422, 428, 431]);
const successes = new Set([200, 201, 204, 307]);

const malformed = '{"message":"The HTTP request is malformed"}';

/** Sends a request, whatever it is. @throws when the answer is none that the media routes give */
export async function ask(url: string, method: string, headers: OutgoingHttpHeaders, body = ''): Promise<MediaAnswer> {
  const signal = AbortSignal.timeout(guardMs);
  const bytes = Buffer.from(body);
  const framed = { ...(bytes.length > 0 && { 'content-length': bytes.length }), ...headers };
  const outgoing = request(url, { method, headers: framed, agent, signal });
  outgoing.end(bytes);
  const [response] = await once(outgoing, 'response', { signal });
  const text = Buffer.concat(await response.toArray()).toString();
  const answer = { status: response.statusCode, headers: response.headers, body: text };
  // What leads away from the media routes, by `..`, is answered as the API does.
  if (new URL(url).pathname.startsWith('/whip')) check(method, answer);
  else assert.ok(answer.status < 500, `answered with ${answer.status} ${text}`);
  return answer;
}

function check(method: string, { status, headers, body }: MediaAnswer): void {
  if (successes.has(status)) return;
  assert.ok(refusals.has(status), `answered with ${status} ${body}`);
  // What is no request, too long or for another host is refused before it comes to the media routes.
  if (status === 421 || status === 431 || method === 'HEAD' || body === malformed) return;
  assert.equal(headers['access-control-allow-origin'], '*');
  const { code, message } = JSON.parse(body);
  assert.ok(Number.isInteger(code) && code > 0 && code < 100, body);
  assert.ok(typeof message === 'string' && message.length > 0 && message.length < 500, body);
  assert.ok(!/\n|at .*\.ts:|node_modules|eyJ/.test(message), body);
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
