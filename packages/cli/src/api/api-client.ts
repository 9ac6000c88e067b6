import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, signingService, signPost } from '@proscenium/server/calling';
import { callServer, type HttpAnswer, type ServerAddress } from './http-call.ts';

/** The server refused a call. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  /** The name of the error, such as `AccessDeniedException`. */
  readonly code: string;

  constructor(operation: string, status: number, code: string, message: string) {
    super([`${operation} was refused with ${status} ${code}`.trimEnd(), message].filter(Boolean).join(': '));
    this.status = status;
    this.code = code;
  }
}

const ATTEMPTS = 7;
const FIRST_RETRY_MS = 200;

/** Calls the API. */
export class ApiClient {
  readonly #credentials: Credentials;
  readonly #region: string;

  constructor(credentials: Credentials, region: string) {
    this.#credentials = credentials;
    this.#region = region;
  }

  /**
   * Makes a call; one that is throttled, or meets an overloaded server, again after a fifth of a second, and up to six times
   * after twice the time each.
   *
   * @throws {ApiRefusal} or the system's error when nobody answers
   */
  async call(server: ServerAddress, operation: string, request: object, signal?: AbortSignal): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const { status, headers, body } = await this.#post(server, operation, JSON.stringify(request), signal);
      if (status >= 200 && status < 300) return body === '' ? {} : JSON.parse(body);
      const [code = ''] = String(headers['x-amzn-errortype'] ?? '').split(':');
      const isPassing = status === 429 || status >= 500 || code === 'ThrottlingException';
      if (!isPassing || attempt === ATTEMPTS) throw new ApiRefusal(operation, status, code, messageOf(body));
      await sleep(FIRST_RETRY_MS * 2 ** (attempt - 1), undefined, signal && { signal });
    }
  }

  async #post(server: ServerAddress, operation: string, body: string, signal?: AbortSignal): Promise<HttpAnswer> {
    const url = new URL(`${server.url.href.replace(/\/$/, '')}/${operation}`);
    const headers = signPost(
      { url, headers: { 'content-type': 'application/json' }, body },
      { credentials: this.#credentials, region: this.#region, service: signingService, now: new Date() },
    );
    return await callServer(server, url.pathname, { method: 'POST', headers, body }, signal);
  }
}

/** What a proxy says instead is no JSON, and is left out. */
function messageOf(body: string): string {
  try {
    const { message, exceptionMessage } = JSON.parse(body);
    return String(exceptionMessage ?? message ?? '');
  } catch {
    return '';
  }
}
