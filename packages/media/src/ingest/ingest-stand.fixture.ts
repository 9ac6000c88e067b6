import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { RtmpPublisher } from '../rtmp/index.ts';
import type { IngestPublisher } from '../sfu/ingest-publisher.ts';
import { findRecordedWorker } from '../sfu/recorded-worker.ts';
import { Sfu } from '../sfu/sfu.ts';
import type { StageMedia } from '../sfu/stage-media.ts';
import { Encoder, type Encoding } from './encoder.fixture.ts';
import type { IngestConnection } from './ingest-connection.ts';
import type { IngestProgramme } from './ingest-programme.ts';
import { IngestServer } from './ingest-server.ts';
import type { IngestProtocol, IngestRefusal } from './messages.ts';

const HOST = '127.0.0.1';

export interface Pair {
  readonly one: RtmpPublisher;
  readonly other: RtmpPublisher;
  readonly stage: StageMedia;
  readonly programme: IngestProgramme;
  readonly publisher: IngestPublisher;
  /** Who took over, and what had become of the one before. */
  readonly switches: readonly string[];
}

type Authorize = (connection: IngestConnection) => Promise<IngestRefusal | undefined>;

/** An ingest server before an SFU. Who comes is let into a stage of his own, unless a test says otherwise. */
export class Stand {
  server!: IngestServer;
  #sfu!: Sfu;
  #keys = 0;
  readonly #authorizers = new Map<string, Authorize>();

  async open(): Promise<void> {
    this.#sfu = await Sfu.start({
      listenAddress: HOST,
      port: 0,
      workers: 1,
      workerPath: findRecordedWorker(new URL('../sfu', import.meta.url).pathname),
      announcedAddresses: [],
      iceConsentTimeoutSeconds: 10,
      publishBitrateBps: 8_500_000,
      subscribeBitrateBps: 8_500_000,
    });
    this.server = await IngestServer.start({
      host: HOST,
      rtmpPort: 0,
      rtmpsPort: 0,
      tls: selfSigned(),
      onLog: (line) => assert.fail(line),
      authorize: (connection) =>
        this.#authorizers.get(connection.streamKey)?.(connection) ?? assert.fail('a foreign key'),
    });
  }

  async close(): Promise<void> {
    await this.server?.close();
    this.#sfu?.close();
  }

  url(protocol: IngestProtocol, streamKey = 'key'): string {
    return `${protocol.toLowerCase()}://${HOST}:${this.server.ports[protocol]}/app/${streamKey}`;
  }

  /** Resolves when an encoder has come, and was judged. */
  async attempt(t: TestContext, protocol: IngestProtocol, encoding: Encoding, authorize: Authorize) {
    const streamKey = `key-${++this.#keys}`;
    const judged = new EventEmitter<{ judged: [IngestConnection] }>();
    this.#authorizers.set(streamKey, (connection) =>
      authorize(connection).finally(() => setImmediate(() => judged.emit('judged', connection))),
    );
    const coming = once(judged, 'judged') as Promise<[IngestConnection]>;
    const encoder = new Encoder(this.url(protocol, streamKey), encoding);
    t.after(() => encoder.stop('SIGKILL'));
    const [connection] = await coming;
    return { encoder, connection };
  }

  async publish(t: TestContext, protocol: IngestProtocol, encoding: Encoding = {}) {
    const { stage, authorize, promise } = await this.#stageFor();
    const ended = promise.then((publisher) => once(publisher, 'ended'));
    const violated = promise.then((publisher) => once(publisher, 'violation'));
    const attempted = await this.attempt(t, protocol, encoding, authorize);
    return { ...attempted, stage, publisher: await promise, ended, violated };
  }

  /** By our own publisher, which sends what a test wants it to. */
  async publishByHand(t: TestContext): Promise<{ rtmp: RtmpPublisher; publisher: IngestPublisher }> {
    const streamKey = `key-${++this.#keys}`;
    const { authorize, promise } = await this.#stageFor();
    this.#authorizers.set(streamKey, authorize);
    const socket = connect(this.server.ports.RTMP ?? 0, HOST);
    const rtmp = await RtmpPublisher.publish(socket, { app: 'app', streamKey, tcUrl: this.url('RTMP', '') });
    t.after(() => rtmp.close());
    return { rtmp, publisher: await promise };
  }

  /** Two of our own publishers, of which one programme is made. */
  async publishPairByHand(t: TestContext): Promise<Pair> {
    const stage: StageMedia = await this.#sfu.createStage();
    const names = new Map<string, string>();
    let opened: ReturnType<typeof open> | undefined;
    const open = async (connection: IngestConnection) => {
      const programme = await connection.openProgramme();
      return { programme, publisher: await stage.ingest('virtual', programme) };
    };
    const encoders: RtmpPublisher[] = [];
    for (const name of ['one', 'other']) {
      const streamKey = `key-${++this.#keys}`;
      this.#authorizers.set(streamKey, async (connection) => {
        names.set(connection.id, name);
        opened ??= open(connection);
        connection.join((await opened).programme);
        await stage.ingestUnseen(name, connection);
        return undefined;
      });
      const socket = connect(this.server.ports.RTMP ?? 0, HOST);
      const rtmp = await RtmpPublisher.publish(socket, { app: 'app', streamKey, tcUrl: this.url('RTMP', '') });
      t.after(() => rtmp.close());
      encoders.push(rtmp);
    }
    assert.ok(opened);
    const { programme, publisher } = await opened;
    const switches: string[] = [];
    programme.on('switched', (connectionId, cause) => switches.push(`${names.get(connectionId)} ${cause}`));
    const [one, other] = encoders as [RtmpPublisher, RtmpPublisher];
    return { one, other, stage, programme, publisher, switches };
  }

  async #stageFor() {
    const stage: StageMedia = await this.#sfu.createStage();
    const { promise, resolve } = Promise.withResolvers<IngestPublisher>();
    const authorize: Authorize = async (connection) => {
      resolve(await stage.ingest('alice', connection));
      return undefined;
    };
    return { stage, authorize, promise };
  }
}

/** For encoders that check nothing. */
export function selfSigned() {
  const key = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '-'];
  const pem = execFileSync('openssl', [...key, '-subj', '/CN=localhost', '-days', '2'], { stdio: 'pipe' }).toString();
  const split = pem.indexOf('-----BEGIN CERTIFICATE-----');
  return { key: pem.slice(0, split), certificate: pem.slice(split) };
}
