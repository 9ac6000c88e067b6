import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Longest answer that is read. */
const MAXIMUM_ANSWER_BYTES = 1_048_576;

/**
 * Posts to one place, over connections that it keeps. It follows no redirects, and waits for an answer as long as it is
 * told and no longer.
 */
export class HttpClient {
  readonly #url: URL;
  readonly #timeoutMs: number;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(url: URL, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#agent = url.protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  }

  /** @throws when there is no answer: the connection fails, it takes too long, or `signal` says so */
  async post(headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<HttpAnswer> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new NoAnswerInTime()), this.#timeoutMs);
    const breakOff = () => abort.abort(signal.reason);
    signal.addEventListener('abort', breakOff);
    try {
      if (signal.aborted) breakOff();
      return await this.#once(headers, body, abort.signal).catch((error) => {
        // A kept connection that the other side closes just now says nothing about the other side.
        if (error instanceof KeptConnectionClosed) return this.#once(headers, body, abort.signal);
        throw error;
      });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', breakOff);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #once(headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const bytes = Buffer.from(body);
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': String(bytes.length) },
      agent: this.#agent,
      signal,
    };
    const request: ClientRequest =
      this.#url.protocol === 'https:' ? requestHttps(this.#url, options) : requestHttp(this.#url, options);
    request.on('response', (response) => readAnswer(response).then(resolve, (error) => reject(causeOf(error, signal))));
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale && !signal.aborted ? new KeptConnectionClosed() : causeOf(error, signal));
    });
    request.end(bytes);
    return promise;
  }
}

class KeptConnectionClosed extends Error {}

class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime';
}

/** There was an answer, and it makes no sense. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/** What an aborted request says is only that it was aborted. */
function causeOf(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted ? signal.reason : error;
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    // Leaving the loop ends the connection.
    if (sizeBytes > MAXIMUM_ANSWER_BYTES) throw new UnreadableAnswer('The answer is too long');
    chunks.push(chunk);
  }
  const { statusCode = 0, headers } = response;
  return { status: statusCode, headers, body: Buffer.concat(chunks).toString() };
}

/** Why there was no answer, in a word or two that hold nothing of the request. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return 'Failed';
  if (error.name === 'AbortError') return 'BrokenOff';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : error.name;
}
