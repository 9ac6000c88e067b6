import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call as a client made it: what of it does not depend on when it was made. */
export interface RecordedCall {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

interface RecordedAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * Stands between clients and a server. What the server answers to one client, it can answer to others once more: so several
 * get the same answer to the same call.
 */
export class RecordingRelay {
  readonly endpoint: string;
  readonly #server: Server;
  readonly #target: string;
  #answers: RecordedAnswer[] = [];
  #replayed: number | undefined;
  #calls: RecordedCall[] = [];

  private constructor(server: Server, target: string) {
    this.#server = server;
    this.#target = target;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(target: string): Promise<RecordingRelay> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const relay = new RecordingRelay(server, target);
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks).toString();
      relay.#calls.push({ method, url, body: comparable(body) });
      const answer = await relay.#answer(method, url, headers, body);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    return relay;
  }

  /** From now on calls go to the server, and its answers are kept. */
  record(): void {
    this.#answers = [];
    this.#calls = [];
    this.#replayed = undefined;
  }

  /** From now on calls are answered in turn with what was kept. */
  replay(): void {
    this.#calls = [];
    this.#replayed = 0;
  }

  /** The calls since the relay was told to record or to replay. */
  get calls(): readonly RecordedCall[] {
    return this.#calls;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(method: string, url: string, headers: IncomingHttpHeaders, body: string): Promise<RecordedAnswer> {
    if (this.#replayed === undefined) {
      const answer = await this.#forward(method, url, headers, body);
      this.#answers.push(answer);
      return answer;
    }
    const answer = this.#answers[this.#replayed];
    this.#replayed += 1;
    return answer ?? { status: 400, headers: {}, body: '{"message":"no such call was recorded"}' };
  }

  async #forward(method: string, url: string, headers: IncomingHttpHeaders, body: string): Promise<RecordedAnswer> {
    const { request } = await import('node:http');
    // The host stays what the client signed.
    const forwarded = request(`${this.#target}${url}`, { method, headers, agent: false });
    forwarded.end(body);
    const [response] = await once(forwarded, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const kept = Object.entries(response.headers as IncomingHttpHeaders).filter(
      ([name, value]) => typeof value === 'string' && !['connection', 'keep-alive', 'transfer-encoding'].includes(name),
    );
    return {
      status: response.statusCode,
      headers: Object.fromEntries(kept) as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    };
  }
}

/** Without what clients make up for each call. */
function comparable(body: string): unknown {
  if (body === '') return undefined;
  const { idempotencyToken: _, ...members } = JSON.parse(body) as Record<string, unknown>;
  // A command without members in the body may send an empty object.
  return Object.keys(members).length === 0 ? undefined : members;
}
