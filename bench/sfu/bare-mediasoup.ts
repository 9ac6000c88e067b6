/**
 * A reference: one router of the same worker program, with nothing of ours between the packets. Takes offers by POST to
 * /publish/N and /subscribe/N, without tokens. A process of its own; the worker's program is its argument.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createIceCredentials, writeSubscribeOffer } from '@proscenium/participant/connection';
import { MediaWorker } from '../../packages/media/src/sfu/media-worker.ts';
import { readPublishOffer } from '../../packages/media/src/webrtc/publish.ts';
import { readSubscribeOffer } from '../../packages/media/src/webrtc/subscribe.ts';

const [workerPath] = process.argv.slice(2);
const worker = await MediaWorker.start({ listenAddress: '127.0.0.1', port: 0, workerPath });
const published = new Map([['video', 'h264']] as const);
// The router takes the payload types that our subscribers ask for, as our delivery routers do.
const sample = writeSubscribeOffer(
  { credentials: createIceCredentials(), fingerprint: Array(32).fill('00').join(':') },
  ['video'],
);
const { signature } = readSubscribeOffer(sample, published);
const router = await worker.worker.createRouter({ mediaCodecs: signature.mediaCodecs });

type Transport = Awaited<ReturnType<typeof createTransport>>;
type Producer = Awaited<ReturnType<Transport['produce']>>;
const producers = new Map<string, Producer>();
const transports = new Map<string, Transport>();

async function publish(name: string, offer: string): Promise<{ answer: string; id: string }> {
  const read = readPublishOffer(offer, router.rtpCapabilities);
  const transport = await createTransport();
  for (const { kind, rtpParameters } of read.streams) {
    producers.set(name, await transport.produce({ kind, rtpParameters }));
  }
  await transport.connect({ dtlsParameters: read.dtlsParameters });
  return { answer: read.answer(transport, '1'), id: transport.id };
}

async function subscribe(name: string, offer: string): Promise<{ answer: string; id: string }> {
  const read = readSubscribeOffer(offer, published);
  const transport = await createTransport();
  const streams = new Map();
  for (const { mid, capabilities } of read.streams) {
    const producerId = producers.get(name)?.id ?? '';
    const consumer = await transport.consume({ producerId, rtpCapabilities: capabilities, mid });
    streams.set(mid, consumer.rtpParameters);
  }
  await transport.connect({ dtlsParameters: read.dtlsParameters });
  return { answer: read.answer(transport, '1', name, streams), id: transport.id };
}

async function createTransport() {
  const transport = await router.createWebRtcTransport({ webRtcServer: worker.webRtcServer });
  transports.set(transport.id, transport);
  return transport;
}

const server = createServer(async (request, response) => {
  const [, what = '', name = ''] = (request.url ?? '').split('/');
  if (request.method === 'DELETE') {
    transports.get(name)?.close();
    response.end();
    return;
  }
  try {
    const { answer, id } = await (what === 'publish' ? publish : subscribe)(name, await text(request));
    response.writeHead(201, { location: `/transport/${id}` }).end(answer);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
// The library takes SIGTERM to end its workers, and the process would go on without them.
for (const end of ['SIGTERM', 'disconnect']) process.once(end, () => process.exit());
