/**
 * A reference: Debian's Janus with its video room. This program starts it with a configuration in a folder of its own, ends
 * with it, and speaks for it: publishers POST an offer to /publish/N; subscribers, to whom Janus offers, POST nothing to
 * /subscribe/N, and PATCH their answer. Its argument is the address that Janus is to use, which has to be one of an interface
 * that is not loopback.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { until } from '../../test/support/until.ts';
import { JanusSession } from './janus-session.ts';

const ROOM = 1;
const PORT = 8_188;
const [address = ''] = process.argv.slice(2);

const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-janus-'));
await writeConfiguration();
// Janus does not outlive this program, however that ends.
const command = ['--pdeathsig', 'KILL', 'janus', '--configs-folder', folder];
const janus = spawn('setpriv', command, { stdio: ['ignore', 'ignore', 'inherit'] });
for (const end of ['SIGTERM', 'disconnect']) process.once(end, () => janus.kill('SIGKILL'));
janus.once('exit', async () => {
  await rm(folder, { recursive: true });
  process.exit();
});

const session = await connect();
const feeds = new Map<string, number>();

async function connect(): Promise<JanusSession> {
  const open = () => JanusSession.open(`ws://127.0.0.1:${PORT}`);
  const opened = await until(open, (found) => found !== undefined);
  if (!opened) throw new Error('Janus does not answer');
  return opened;
}

async function publish(name: string, offer: string): Promise<{ sdp: string; handle: number }> {
  const handle = await session.attach();
  const joined = await session.tell(handle, { request: 'join', ptype: 'publisher', room: ROOM });
  feeds.set(name, joined.id);
  // Of the two sides that DTLS has our generator knows the one that begins; Janus would take that one, too.
  const sdp = offer.replaceAll('a=setup:actpass', 'a=setup:active');
  const answer = await session.tell(handle, { request: 'publish' }, { type: 'offer', sdp });
  session.endCandidates(handle);
  return { sdp: answer.sdp, handle };
}

async function subscribe(name: string): Promise<{ sdp: string; handle: number }> {
  const handle = await session.attach();
  const streams = [{ feed: feeds.get(name) }];
  const offer = await session.tell(handle, { request: 'join', ptype: 'subscriber', room: ROOM, streams });
  return { sdp: offer.sdp, handle };
}

async function start(handle: number, sdp: string): Promise<void> {
  await session.tell(handle, { request: 'start' }, { type: 'answer', sdp });
  session.endCandidates(handle);
}

/**
 * As it is by default, without plugins and transports that are not used; with one event loop, which on one core forwards a
 * quarter more than a thread for each connection.
 */
async function writeConfiguration(): Promise<void> {
  const library = (name: string) => `libjanus_${name}.so`;
  const plugins = ['audiobridge', 'duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom'];
  const unused = [...plugins, 'videocall', 'voicemail'].map(library).join(',');
  const transports = ['http', 'pfunix', 'mqtt', 'nanomsg', 'rabbitmq'].map(library).join(',');
  const configuration = {
    'janus.jcfg': `
      general: { debug_level = 2, session_timeout = 0, event_loops = 1 }
      nat: { ice_enforce_list = "${address}" }
      plugins: { disable = "${unused}" }
      transports: { disable = "${transports}" }`,
    'janus.plugin.videoroom.jcfg': `
      room-${ROOM}: { publishers = 20, bitrate = 0, videocodec = "h264" }`,
    'janus.transport.websockets.jcfg': `
      general: { ws = true, ws_port = ${PORT}, ws_ip = "127.0.0.1" }`,
  };
  for (const [name, content] of Object.entries(configuration)) await writeFile(path.join(folder, name), content);
}

const server = createServer(async (request, response) => {
  const [, what = '', name = ''] = (request.url ?? '').split('/');
  try {
    const body = await text(request);
    if (request.method === 'POST') {
      const { sdp, handle } = await (what === 'publish' ? publish(name, body) : subscribe(name));
      response.writeHead(201, { location: `/handle/${handle}` }).end(sdp);
    } else if (request.method === 'PATCH') {
      await start(Number(name), body);
      response.writeHead(204).end();
    } else {
      await session.detach(Number(name));
      response.end();
    }
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port, workerPid: janus.pid });
});
