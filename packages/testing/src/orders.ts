import { request } from 'node:http';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a test tells its server to do, outside the API. */
export class Orders {
  readonly #endpoint: string;
  readonly #explain: (error: Error) => Error;

  /** @param explain says more about an order that never arrived */
  constructor(endpoint: string, explain: (error: Error) => Error) {
    this.#endpoint = endpoint;
    this.#explain = explain;
  }

  /** @throws with the server's words when it refuses */
  async send(method: Method, path: string, order?: object): Promise<unknown> {
    const { status, text } = await this.#exchange(method, path, order).catch((error: Error) => {
      throw this.#explain(error);
    });
    if (status === 200) return JSON.parse(text);
    throw new Error(`${method} ${path} was answered with ${status}: ${text}`);
  }

  /** By `node:http`, because test environments replace `fetch`; on a connection of its own, which stays behind nowhere. */
  #exchange(method: Method, path: string, order: object | undefined): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const url = `${this.#endpoint}/proscenium/testing/${path}`;
      const headers = order === undefined ? {} : { 'content-type': 'application/json' };
      const outgoing = request(url, { method, headers, agent: false }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(order === undefined ? undefined : JSON.stringify(order));
    });
  }
}
