// A backend for meetings, and the page that goes with it.
import { createServer } from 'node:http';
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { followEvents } from './follow-events.js';
import { Meetings } from './meetings.js';
import { RequestError, readJson } from './read-json.js';
import { sendFile } from './send-file.js';

const { AWS_ENDPOINT_URL: endpoint = 'http://127.0.0.1:7080', HOST = '127.0.0.1', PORT = '3000' } = process.env;

const client = new IVSRealTimeClient({ endpoint });
const meetings = new Meetings(client, new URL('/channels/', endpoint).href);
/** The responses to pages that are open. */
const watchers = new Set();

/** What can be asked for. Ids are percent-encoded, as they have slashes. */
const routes = {
  'GET /meetings': () => meetings.list(),
  'POST /meetings': (_, { title, people }) => meetings.create(title, people),
  'DELETE /meetings/:id': (id) => meetings.end(id),
  'POST /meetings/:id/people': (id, { name }) => meetings.invite(id, name),
  'POST /meetings/:id/broadcast': (id) => meetings.broadcast(id),
  'DELETE /meetings/:id/broadcast': (id) => meetings.endBroadcast(id),
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const [, first, id, last] = pathname.split('/');
  try {
    if (request.method === 'GET' && pathname === '/events') return watch(response);
    if (first !== 'meetings') return await sendFile(request.method, pathname, response);
    const route = routes[`${request.method} ${['/meetings', id && ':id', last].filter(Boolean).join('/')}`];
    if (!route) throw new RequestError(404, `There is no ${request.method} ${pathname}`);
    const body = request.method === 'POST' ? await readJson(request) : {};
    const answer = await route(id && decodeURIComponent(id), body);
    send(response, request.method === 'POST' ? 201 : 200, answer);
  } catch (error) {
    const status = error.status ?? error.$metadata?.httpStatusCode ?? 502;
    if (status >= 500) console.error(error);
    send(response, status, { message: error.message });
  }
});

/** Tells a page by server-sent events whenever something happens in a meeting. */
function watch(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).write(':\n\n');
  watchers.add(response);
  response.on('close', () => watchers.delete(response));
}

function send(response, status, answer) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

server.listen(Number(PORT), HOST, () => {
  const { address, port } = server.address();
  console.log(`Meetings at http://${address}:${port}`);
});

const complain = (error) => console.error(error.cause?.message ?? error.message);
for await (const { resources, detail } of followEvents(endpoint, client.config, complain)) {
  console.log(`${detail.event_time} ${detail.event_name} ${detail.user_id ?? ''}`);
  const news = JSON.stringify({ resource: resources[0], event: detail.event_name, person: detail.user_id });
  for (const response of watchers) response.write(`data: ${news}\n\n`);
}
