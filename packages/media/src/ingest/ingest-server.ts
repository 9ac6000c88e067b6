import { EventEmitter } from 'node:events';
import { ChildProgram, entryBeside } from '../child-program/child-program.ts';
import { IngestConnection, type IngestHolder } from './ingest-connection.ts';
import { IngestProgrammes } from './ingest-programmes.ts';
import type {
  FromIngestProgram,
  IngestAddresses,
  IngestAnswer,
  IngestPorts,
  IngestRefusal,
  IngestRequest,
  IngestTls,
  ToIngestProgram,
} from './messages.ts';

export interface IngestServerOptions extends IngestAddresses {
  /**
   * Lets an encoder publish by handing its connection to `StageMedia.ingest()` or to a channel, or says why not. The encoder is told when
   * this resolves; it may have gone by then. What is thrown becomes a refusal without reasons, and a `failed` event.
   */
  readonly authorize: (connection: IngestConnection) => Promise<IngestRefusal | undefined>;
  /** Each line that the program writes to its standard error. */
  readonly onLog?: (line: string) => void;
}

export interface IngestServerEvents {
  /** The program that holds the connections is gone, and they with it. It is started again. */
  died: [cause: Error];
  /** Encoders can come again, on the same ports. */
  restarted: [];
  /** An encoder could not be authorized, or the ports could not be taken again: that is tried until it succeeds. */
  failed: [cause: Error];
}

const LISTEN_RETRY_MS = 1_000;
const FAILED: IngestRefusal = { code: 'NetStream.Publish.Rejected', description: 'The server cannot take it now' };

/** Takes the streams of encoders by RTMP and RTMPS, in a program beside this process. */
export class IngestServer extends EventEmitter<IngestServerEvents> {
  readonly #options: IngestServerOptions;
  readonly #connections = new Map<string, IngestConnection>();
  readonly #programmes = new IngestProgrammes();
  #program: ChildProgram<ToIngestProgram, FromIngestProgram> | undefined;
  #ports: IngestPorts = {};
  #tls: IngestTls | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: IngestServerOptions) {
    super();
    this.#options = options;
    this.#tls = options.tls;
  }

  /** @throws when a port is taken, the certificate is none, or the program does not start */
  static async start(options: IngestServerOptions): Promise<IngestServer> {
    const server = new IngestServer(options);
    const { onLog } = options;
    const program = await ChildProgram.start<ToIngestProgram, FromIngestProgram>({
      entry: entryBeside(import.meta.url, 'ingest-program'),
      name: 'ingest program',
      ...(onLog && { onLog }),
      onQuestion: (question) => server.#answer(question),
    });
    server.#program = program;
    program.on('message', (message) => server.#receive(message));
    program.on('died', (cause) => server.#lose(cause));
    program.on('restarted', () => void server.#listenAgain());
    try {
      await server.#listen();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** On which encoders are waited for. */
  get ports(): IngestPorts {
    return this.#ports;
  }

  /** Of the program; undefined while it is down. */
  get pid(): number | undefined {
    return this.#program?.pid;
  }

  /** Shows those who connect from now on another certificate. */
  useCertificate(tls: IngestTls): void {
    this.#tls = tls;
    this.#program?.send({ type: 'certificate', tls });
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#program?.close();
    this.#endAll();
  }

  async #listen(): Promise<void> {
    const { host, rtmpPort, rtmpsPort } = this.#options;
    const { RTMP = rtmpPort, RTMPS = rtmpsPort } = this.#ports;
    const addresses: IngestAddresses = { host, rtmpPort: RTMP, rtmpsPort: RTMPS, tls: this.#tls };
    this.#ports = (await this.#program?.ask<IngestPorts>({ type: 'listen', addresses })) ?? {};
  }

  async #listenAgain(): Promise<void> {
    try {
      await this.#listen();
      if (!this.#closed) this.emit('restarted');
    } catch (error) {
      // One that died meanwhile is started again, and then told.
      if (this.#closed || this.pid === undefined) return;
      this.emit('failed', error instanceof Error ? error : new Error(String(error)));
      this.#retry = setTimeout(() => void this.#listenAgain(), LISTEN_RETRY_MS);
    }
  }

  async #answer(question: FromIngestProgram): Promise<IngestAnswer | undefined> {
    if (question.type === 'publish') return this.#authorize(question.request);
    if (question.type !== 'tracks') throw new Error(`The ingest program asks for ${question.type}`);
    await this.#connections.get(question.connectionId)?.arrange(question.tracks);
    return undefined;
  }

  async #authorize(request: IngestRequest): Promise<IngestAnswer> {
    const { connectionId } = request;
    const holder: IngestHolder = {
      close: (refusal) => this.#program?.send({ type: 'close', connectionId, refusal }),
      openProgramme: async () => {
        if (!this.#program) throw new Error('The ingest program is gone');
        return this.#programmes.open(this.#program);
      },
    };
    const connection = new IngestConnection(request, holder);
    this.#connections.set(connectionId, connection);
    connection.once('ended', () => this.#connections.delete(connectionId));
    const refusal = await this.#options.authorize(connection).catch((error) => {
      this.emit('failed', error instanceof Error ? error : new Error(String(error)));
      return FAILED;
    });
    const { target, channel, programme, ended } = connection;
    if (!refusal && !ended) {
      if (target) return { target, programmeId: programme?.id };
      if (channel) return { channel };
    }
    connection.end('closed');
    return { refusal: refusal ?? FAILED };
  }

  #receive(message: FromIngestProgram): void {
    if (message.type === 'publish' || message.type === 'tracks') return;
    if (message.type === 'switched' || message.type === 'programmeFailed') this.#programmes.receive(message);
    else this.#connections.get(message.connectionId)?.receive(message);
  }

  #lose(cause: Error): void {
    clearTimeout(this.#retry);
    this.#endAll();
    this.emit('died', cause);
  }

  #endAll(): void {
    for (const connection of [...this.#connections.values()]) connection.end('lost');
    this.#programmes.endAll();
  }
}
