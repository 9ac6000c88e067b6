import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { createIceCredentials, createIdentity, writePublishOffer } from '@proscenium/participant/connection';
import { ApiClient } from '../../api/api-client.ts';
import type { ServerAddress } from '../../api/http-call.ts';
import { unstopped } from '../found.fixture.ts';
import { answerWith } from '../server/answering.fixture.ts';
import { type TrialStage, TrialStages } from '../server/trial-stages.ts';

/** How an offer is answered. */
export interface OfferAnswer {
  readonly status: number;
  readonly body: string;
}

/** A stage of a server of the test's, which has no media: each of its stages answers offers as it is told. */
export interface Served {
  readonly server: ServerAddress;
  readonly api: ApiClient;
  readonly stages: TrialStages;
  readonly stage: TrialStage;
  /** Names of the stages that are there. */
  readonly there: ReadonlySet<string>;
}

/** @param answers to offers, of the first stage, the second one, …; the last one is that of all further stages */
export async function serveStages(t: TestContext, ...answers: readonly OfferAnswer[]): Promise<Served> {
  const there = new Set<string>();
  let count = 0;
  const server = await answerWith(t, async (request, response) => {
    const { method, url = '', headers } = request;
    const text = (await request.toArray()).join('');
    if (url === '/CreateStage') {
      const id = `stage-${count++}`;
      there.add(id);
      const { participantTokenConfigurations } = JSON.parse(text);
      const participantTokens = participantTokenConfigurations.map((each: object) => ({ ...each, token: 'a.b.c' }));
      const endpoints = { whip: `http://${headers.host}/whip/${id}`, events: `ws://${headers.host}` };
      response.end(JSON.stringify({ stage: { arn: id, endpoints }, participantTokens }));
    } else if (url === '/DeleteStage') {
      there.delete(JSON.parse(text).arn);
      response.end('{}');
    } else if (method === 'POST') {
      const { status, body } = answers[Number(url.split('-')[1])] ?? answers.at(-1) ?? { status: 404, body: '' };
      response.writeHead(status, { location: `${url}/resource` }).end(body);
    } else response.end();
  });
  const api = new ApiClient({ accessKeyId: 'A', secretAccessKey: 'b' }, 'us-west-2');
  const stages = new TrialStages();
  return { server, api, stages, there, stage: await stages.create(server, api, unstopped) };
}

/** An answer that sends media to this port of this machine. */
export async function mediaAt(port: number): Promise<OfferAnswer> {
  const local = { credentials: createIceCredentials(), fingerprint: (await createIdentity()).fingerprint };
  const description = writePublishOffer(local, { layers: [{ video: 1, rtx: 2 }], audio: 3 });
  const candidates = ['udp', 'tcp'].map((protocol) => `a=candidate:1 1 ${protocol} 1 127.0.0.1 ${port} typ host\r\n`);
  return { status: 201, body: description + candidates.join('') };
}

/** A port of this machine at which nobody listens, by UDP or TCP. */
export async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
