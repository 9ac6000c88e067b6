import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';

/** Where a server is. */
export interface ServerAddress {
  readonly url: URL;
  /** By an address of the machine itself, which its certificate need not name. */
  readonly direct: boolean;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the addresses that the host name has, the one to call. */
  readonly address?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const MAXIMUM_ANSWER_BYTES = 1_048_576;

/** Sooner than the time of any check of the doctor's is over. */
const TIMEOUT_MS = 8_000;

/**
 * One call, over a connection of its own.
 *
 * @param server one that is called by an address of the machine itself may have a certificate that does not name that
 * @throws the system's error when there is no answer, ETIMEDOUT after 8 s too
 */
export async function callServer(
  server: ServerAddress,
  path: string,
  call: Call,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await exchange(server, path, call, signal ? AbortSignal.any([signal, limit]) : limit);
  } catch (error) {
    if (!limit.aborted || signal?.aborted) throw error;
    throw Object.assign(new Error('nobody answers', { cause: error }), { code: 'ETIMEDOUT' });
  }
}

async function exchange(
  { url, direct }: ServerAddress,
  path: string,
  { method, headers = {}, body = '', address }: Call,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const target = new URL(path, url);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const bytes = Buffer.from(body);
  const pinned = address === undefined ? {} : { lookup: lookupOf(address), autoSelectFamily: false };
  const options = {
    method,
    agent: false,
    signal,
    rejectUnauthorized: !direct,
    headers: { ...headers, 'content-length': String(bytes.length) },
    ...pinned,
  };
  request(target, options).on('response', resolve).on('error', reject).end(bytes);
  const response = await promise;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await readBody(response) };
}

type LookupCallback = (error: null, address: string | { address: string; family: number }[], family?: number) => void;

function lookupOf(address: string) {
  const family = isIP(address);
  return (_name: string, { all }: { all?: boolean }, callback: LookupCallback) => {
    if (all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAXIMUM_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
