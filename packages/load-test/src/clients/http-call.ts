import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const TIMEOUT_MS = 30_000;

/**
 * One call over a connection of its own: participants are people on many machines, and none of them finds a connection open.
 *
 * @throws when the server cannot be reached, or does not answer within 30 s
 */
export async function httpCall(
  method: string,
  url: string | URL,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<HttpAnswer> {
  const request = new URL(url).protocol === 'https:' ? tlsRequest : plainRequest;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = String(Buffer.byteLength(body));
    const options = { method, agent: false, timeout: TIMEOUT_MS, headers: { ...headers, 'content-length': length } };
    const call = request(url, options).on('response', resolve).on('error', reject);
    call.on('timeout', () => call.destroy(new Error(`The server did not answer within ${TIMEOUT_MS} ms`)));
    call.end(body);
  });
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
