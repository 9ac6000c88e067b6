import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { signingService, signRequest } from '@proscenium/server/calling';
import { explainTrouble } from '../api/connection-trouble.ts';
import type { FoundServer } from '../api/find-server.ts';
import { callServer } from '../api/http-call.ts';
import { CommandError } from '../terminal/end-command.ts';

/** An event, as far as it is looked into here. */
export interface ShownEvent {
  readonly id: string;
  readonly 'detail-type': string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface DeadLetter {
  readonly target: string;
  readonly time: string;
  readonly reason: string;
  readonly event: ShownEvent;
}

const base = '/proscenium/events';

/** The calls that concern events, which are no part of the API. What does not go well is a {@link CommandError}. */
export class EventCalls {
  readonly #found: FoundServer;

  constructor(found: FoundServer) {
    this.#found = found;
  }

  /** A page, newest first. */
  async deadLetters(query: Record<string, string>): Promise<{ deadLetters: DeadLetter[]; nextToken?: string }> {
    return (await this.#call('GET', `${base}/dead-letters`, query)) as never;
  }

  /** @returns how many are on their way again */
  async replay(order: object): Promise<number> {
    const { replayed } = (await this.#call('POST', `${base}/dead-letters/replay`, {}, JSON.stringify(order))) as {
      replayed: number;
    };
    return replayed;
  }

  /**
   * Opens the stream of events.
   *
   * @throws {CommandError} when it is refused; the system's error when there is no connection
   */
  async follow(query: Record<string, string>, lastEventId: string | undefined): Promise<IncomingMessage> {
    const { url, direct } = this.#found.server;
    const target = this.#url(`${base}/stream`, query);
    const headers = {
      ...this.#sign('GET', target, ''),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    };
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    request(target, { agent: false, rejectUnauthorized: !direct, headers })
      .on('response', resolve)
      .on('error', reject)
      .end();
    const response = await promise;
    if (response.statusCode === 200) return response;
    const body = Buffer.concat(await response.toArray()).toString();
    throw refusal(response.statusCode ?? 0, body);
  }

  async #call(method: 'GET' | 'POST', path: string, query: Record<string, string>, body = ''): Promise<unknown> {
    const { server } = this.#found;
    const url = this.#url(path, query);
    const headers = this.#sign(method, url, body);
    const call = { method, headers, body };
    const answer = await callServer(server, url.pathname + url.search, call).catch((error: unknown) => {
      const { says, remedy } = explainTrouble(error);
      throw new CommandError(`${server.url.origin}: ${says}. ${remedy}`);
    });
    if (answer.status !== 200) throw refusal(answer.status, answer.body);
    return JSON.parse(answer.body);
  }

  #url(path: string, query: Record<string, string>): URL {
    const url = new URL(path, this.#found.server.url);
    url.search = Object.entries(query)
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&');
    return url;
  }

  #sign(method: 'GET' | 'POST', url: URL, body: string): Record<string, string> {
    const { credentials, region } = this.#found;
    return signRequest(
      method,
      { url, headers: {}, body },
      { credentials, region, service: signingService, now: new Date() },
    );
  }
}

function refusal(status: number, body: string): CommandError {
  return new CommandError(`The server answered ${status}${messageOf(body)}`);
}

/** What a proxy says instead is no JSON, and is left out. */
function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body);
    return typeof message === 'string' ? `: ${message}` : '';
  } catch {
    return '';
  }
}
