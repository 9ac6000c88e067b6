import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export type ReceivedRequest = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
export type ReceiverAnswer = { status: number; headers?: Record<string, string>; body?: string };
/** No answer at all breaks the connection off. */
type Respond = (request: ReceivedRequest) => ReceiverAnswer | undefined | Promise<ReceiverAnswer | undefined>;

/** Somebody else's HTTP server, which remembers what it got. */
export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  respond: Respond;
  /** Of its own, so that nobody takes its port while it does not listen. */
  readonly #host = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  #server: Server | undefined;
  #port = 0;

  private constructor(respond: Respond) {
    this.respond = respond;
  }

  static async start(t: TestContext, respond: Respond = () => ({ status: 200 })): Promise<Receiver> {
    const receiver = new Receiver(respond);
    await receiver.listen();
    t.after(() => receiver.stop());
    return receiver;
  }

  get url(): string {
    return `http://${this.#host}:${this.#port}/`;
  }

  /** On the port that it has had before, if any. */
  async listen(): Promise<void> {
    const server = createServer(async (incoming, outgoing) => {
      const { method = '', url = '', headers } = incoming;
      const chunks: Buffer[] = await incoming.toArray();
      const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
      this.requests.push(request);
      const answer = await this.respond(request);
      if (answer === undefined) incoming.socket.destroy();
      else outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    });
    server.listen(this.#port, this.#host);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Breaks all connections off and takes no new ones. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/** What happened to one resource, as a receiver got to know it. */
export type ReceivedEvent = { id: string; resource: string; detail: Record<string, unknown> };

/** Events in the order in which they came, and somebody who waits for some of them. */
export class ReceivedEvents {
  readonly events: ReceivedEvent[] = [];
  readonly ids = new Set<string>();
  #check: () => void = () => {};

  take(event: ReceivedEvent): void {
    this.events.push(event);
    this.ids.add(event.id);
    this.#check();
  }

  /** Resolves when so many different events have come. */
  async untilDistinct(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#check = () => this.ids.size >= count && resolve();
    this.#check();
    await promise;
  }
}

type Envelope = { id: string; resources: [string]; detail: Record<string, unknown> };

/** Answers `PutEvents`, whose entries must have the envelope in `detail.envelope`. */
export function takePutEvents(received: ReceivedEvents): Respond {
  return ({ headers, body }) => {
    if (headers['x-amz-target'] !== 'AWSEvents.PutEvents')
      return { status: 400, body: '{"__type":"UnknownOperation"}' };
    const { Entries } = JSON.parse(body) as { Entries: { Detail: string }[] };
    const results = Entries.map(({ Detail }) => {
      const { envelope } = JSON.parse(Detail) as { envelope: Envelope };
      received.take({ id: envelope.id, resource: envelope.resources[0], detail: envelope.detail });
      return { EventId: envelope.id };
    });
    return { status: 200, body: JSON.stringify({ FailedEntryCount: 0, Entries: results }) };
  };
}

/** Answers webhook requests. */
export function takeWebhook(received: ReceivedEvents): Respond {
  return ({ body }) => {
    const envelope: Envelope = JSON.parse(body);
    received.take({ id: envelope.id, resource: envelope.resources[0], detail: envelope.detail });
    return { status: 204 };
  };
}
