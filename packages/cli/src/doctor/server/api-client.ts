import { type Credentials, signingService, signPost } from '@proscenium/server/calling';
import type { ServerAddress } from '../facts.ts';
import { callServer } from './http-call.ts';

/** The server refused a call. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  /** The name of the error, such as `AccessDeniedException`. */
  readonly code: string;

  constructor(operation: string, status: number, code: string, message: string) {
    super(`${operation} was refused with ${status} ${code}${message === '' ? '' : `: ${message}`}`);
    this.status = status;
    this.code = code;
  }
}

/** Calls the API. */
export class ApiClient {
  readonly #credentials: Credentials;
  readonly #region: string;

  constructor(credentials: Credentials, region: string) {
    this.#credentials = credentials;
    this.#region = region;
  }

  /** @throws {ApiRefusal} or the system's error when nobody answers */
  async call(server: ServerAddress, operation: string, request: object, signal: AbortSignal): Promise<unknown> {
    const body = JSON.stringify(request);
    const url = new URL(`/${operation}`, server.url);
    const signed = signPost(
      { url, headers: { 'content-type': 'application/json' }, body },
      { credentials: this.#credentials, region: this.#region, service: signingService, now: new Date() },
    );
    const answer = await callServer(server, url.pathname, { method: 'POST', headers: signed, body }, signal);
    if (answer.status >= 200 && answer.status < 300) return answer.body === '' ? {} : JSON.parse(answer.body);
    const [code = ''] = String(answer.headers['x-amzn-errortype'] ?? '').split(':');
    throw new ApiRefusal(operation, answer.status, code, messageOf(answer.body));
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
