import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { CreateStageCommand } from '@aws-sdk/client-ivs-realtime';
import { HandClock } from '../hand-clock.fixture.ts';
import { TestServer } from '../running-server.fixture.ts';
import { publishOffer } from './offer.fixture.ts';
import { StageClient } from './stage-client.fixture.ts';

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
/** The credentials of the fixture's offer. */
const trickle = [
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:0',
  'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host',
  'a=candidate:1 1 sctp 1 nowhere.invalid 0 typ odd',
  'a=end-of-candidates',
  '',
].join('\r\n');
const restart = trickle.replace('abcd', 'efgh').replace('abcdefghijklmnopqrstuvwx', 'yzabcdefghijklmnopqrstuv');
const subscribeOffer = publishOffer.replaceAll('a=sendonly', 'a=recvonly');

/** Stands still, so that no rate is used up or refilled by how fast this machine is. */
const clock = new HandClock(new Date());
let server: TestServer;
let alice: StageClient;
let bob: StageClient;

before(async () => {
  server = await TestServer.start({}, clock);
});
after(() => server.close());

beforeEach(async () => {
  const command = new CreateStageCommand({ participantTokenConfigurations: [{}, {}] });
  const { participantTokens = [] } = await server.client.send(command);
  [alice, bob] = participantTokens.map(({ token = '' }) => new StageClient(token)) as [StageClient, StageClient];
});

function send(url: string, method: string, headers: Record<string, string> = {}, body?: string): Promise<Response> {
  const authorization = `Bearer ${alice.token}`;
  return fetch(url, { method, headers: { authorization, ...headers }, redirect: 'manual', ...(body ? { body } : {}) });
}

function post(body: string, type = SDP): Promise<Response> {
  return send(alice.payload.whip_url, 'POST', { 'content-type': type }, body);
}

interface Published {
  readonly location: string;
  readonly tag: string;
}

async function publish(client = alice): Promise<Published> {
  const { status, headers } = await client.publish(publishOffer);
  assert.equal(status, 201);
  return { location: headers.get('location') ?? '', tag: headers.get('etag') ?? '' };
}

function patch(location: string, ifMatch: string | undefined, body: string, type = FRAGMENT): Promise<Response> {
  return send(location, 'PATCH', { 'content-type': type, ...(ifMatch ? { 'if-match': ifMatch } : {}) }, body);
}

/** The addresses of media, by what they are. */
async function addresses(): Promise<{ endpoints: string[]; resource: string }> {
  const { whip_url: endpoint } = alice.payload;
  const { location: resource } = await publish();
  return { endpoints: [endpoint, `${new URL(endpoint).origin}/whip`, `${endpoint}/subscribe/${bob.id}`], resource };
}

/** The status of a request by any method, which fetch would not send. */
async function statusOf(url: string, method: string): Promise<number | undefined> {
  const outgoing = request(url, { method, headers: { authorization: `Bearer ${alice.token}` }, agent: false });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  response.resume();
  return response.statusCode;
}

async function errorOf(response: Response): Promise<[number, number]> {
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  const { code, message } = (await response.json()) as { code: number; message: string };
  assert.ok(message.length > 0);
  return [response.status, code];
}

describe('an address of media', () => {
  it('answers OPTIONS without a token: what a page may send, and what the address takes', async () => {
    const { endpoints, resource } = await addresses();
    for (const [url, allow, accepted, type] of [
      ...endpoints.map((endpoint) => [endpoint, 'OPTIONS, POST', 'accept-post', SDP] as const),
      [resource, 'OPTIONS, PATCH, DELETE', 'accept-patch', FRAGMENT] as const,
    ]) {
      const { status, headers } = await fetch(url, { method: 'OPTIONS' });
      assert.equal(status, 204);
      assert.equal(headers.get('allow'), allow);
      assert.equal(headers.get(accepted), type);
      assert.equal(headers.get('access-control-allow-origin'), '*');
      assert.equal(headers.get('access-control-allow-methods'), 'OPTIONS, POST, PATCH, DELETE');
      assert.equal(headers.get('access-control-allow-headers'), 'authorization, content-type, if-match, traceparent');
    }
  });

  it('answers every other method with 405 and those that it takes', async () => {
    const { endpoints, resource } = await addresses();
    const all = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE', 'MKCOL'];
    for (const [url, taken] of [
      ...endpoints.map((endpoint) => [endpoint, ['POST']] as const),
      [resource, ['PATCH', 'DELETE']] as const,
    ]) {
      for (const method of all.filter((each) => !(taken as readonly string[]).includes(each))) {
        assert.equal(await statusOf(url, method), 405, `${method} ${url}`);
      }
    }
    const response = await send(resource, 'PUT');
    assert.equal(response.headers.get('allow'), 'OPTIONS, PATCH, DELETE');
    assert.deepEqual(await errorOf(response), [405, 4]);
  });

  it('that is none is not found, whatever the method', async () => {
    const { origin } = new URL(alice.payload.whip_url);
    for (const path of ['/whip/a/b', '/whip/a/resource', '/whip/a/subscribe/b/c', '/whip//']) {
      for (const method of ['OPTIONS', 'POST', 'DELETE'])
        assert.equal((await send(`${origin}${path}`, method)).status, 404);
    }
  });

  it('wants a bearer token with all but OPTIONS', async () => {
    const { endpoints, resource } = await addresses();
    for (const [method, url] of [
      ...endpoints.map((endpoint) => ['POST', endpoint] as const),
      ['PATCH', resource] as const,
      ['DELETE', resource] as const,
    ]) {
      const response = await fetch(url, { method });
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
      assert.deepEqual(await errorOf(response), [401, 1]);
    }
  });
});

describe('a POST of an offer', () => {
  it('is answered with 201, the resource, and an entity tag that names the ICE session', async () => {
    const response = await post(publishOffer);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('content-type'), SDP);
    const answer = await response.text();
    const ufrag = /^a=ice-ufrag:(\S+)/m.exec(answer)?.[1];
    assert.equal(response.headers.get('etag'), `"${ufrag}"`);
    assert.match(answer, /^a=candidate:\S+ 1 udp /m);
    assert.match(response.headers.get('location') ?? '', /\/resource\/[A-Za-z0-9]{12,}$/);
    assert.match(response.headers.get('access-control-expose-headers') ?? '', /location, etag, link/);
  });

  it('takes parameters of its type', async () => {
    assert.equal((await post(publishOffer, 'application/SDP; charset=utf-8')).status, 201);
  });

  const twice = (kind: string) => {
    const section = publishOffer.slice(publishOffer.indexOf(`m=${kind}`));
    const own = section.slice(0, section.indexOf('m=', 2) < 0 ? undefined : section.indexOf('m=', 2));
    return `${publishOffer.replace('BUNDLE 0 1', 'BUNDLE 0 1 2')}${own.replace(/a=mid:\d/, 'a=mid:2')}`;
  };
  for (const [what, status, body, type] of [
    ['of another type', 415, '{}', 'application/json'],
    ['of a fragment of ICE', 415, trickle, FRAGMENT],
    ['that is empty', 400, '', SDP],
    ['that is broken', 400, 'v=0\r\n', SDP],
    ['that is too long', 413, 'x'.repeat(70_000), SDP],
    ['with two audio sections', 406, twice('audio'), SDP],
    ['with two video sections', 406, twice('video'), SDP],
    ['that only receives', 406, subscribeOffer, SDP],
    ['of two streams', 406, publishOffer.replace(/a=mid:(\d)/g, 'a=mid:$1\r\na=msid:stream$1 track$1'), SDP],
    [
      'with a data channel',
      406,
      `${publishOffer.replace('BUNDLE 0 1', 'BUNDLE 0 1 2')}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n`,
      SDP,
    ],
  ] as const) {
    it(`is refused with ${status} ${what}`, async () => {
      assert.deepEqual(await errorOf(await post(body, type)), [status, 4]);
    });
  }

  it('is refused as one without a codec in common when it has no video', async () => {
    const body = publishOffer.replace('BUNDLE 0 1', 'BUNDLE 0').slice(0, publishOffer.indexOf('m=video') - 2);
    assert.deepEqual(await errorOf(await post(body, SDP)), [400, 7]);
  });

  for (const [setup, answered] of [
    ['active', 'passive'],
    ['passive', 'active'],
  ]) {
    it(`that is ${setup} in DTLS is answered as ${answered}`, async () => {
      const response = await post(publishOffer.replaceAll('a=setup:actpass', `a=setup:${setup}`));
      assert.equal(response.status, 201);
      assert.match(await response.text(), new RegExp(`a=setup:${answered}`));
    });
  }

  it('is refused with 429 when there are far too many, and only for that participant', async () => {
    for (let count = 0; count < 100; count += 1) assert.equal((await post('v=0\r\n')).status, 400);
    const response = await post('v=0\r\n');
    assert.equal(response.headers.get('retry-after'), '1');
    assert.deepEqual(await errorOf(response), [429, 4]);
    await publish(bob);
  });
});

describe('a PATCH of a resource', () => {
  for (const kind of ['publish', 'subscription']) {
    const open = async () => {
      if (kind === 'publish') return publish();
      await publish(bob);
      const { status, headers } = await alice.subscribe(bob.id, subscribeOffer);
      assert.equal(status, 201);
      return { location: headers.get('location') ?? '', tag: headers.get('etag') ?? '' };
    };

    it(`tells candidates of a ${kind}: 204, no body, no entity tag`, async () => {
      const { location, tag } = await open();
      for (const body of [trickle, 'a=end-of-candidates\r\n']) {
        const response = await patch(location, tag, body);
        assert.equal(response.status, 204);
        assert.equal(await response.text(), '');
        assert.equal(response.headers.get('etag'), null);
      }
      assert.equal((await patch(location, `"other", ${tag}`, trickle)).status, 204);
    });

    it(`restarts ICE of a ${kind}: our new credentials and candidates, and a new entity tag`, async () => {
      const { location, tag } = await open();
      const response = await patch(location, '*', restart);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), FRAGMENT);
      const fragment = await response.text();
      const newTag = response.headers.get('etag');
      assert.notEqual(newTag, tag);
      assert.equal(newTag, `"${/^a=ice-ufrag:(\S+)/m.exec(fragment)?.[1]}"`);
      assert.match(fragment, /^a=ice-pwd:\S{22,}\r\n/m);
      assert.match(fragment, /^a=candidate:\S+ 1 udp /m);
      assert.match(fragment, /^a=mid:0\r\n/m);

      assert.equal((await patch(location, tag, restart)).status, 412);
      assert.equal((await patch(location, newTag ?? '', restart)).status, 204);
      assert.equal((await send(location, 'DELETE')).status, 200);
    });
  }

  it('that restarts is answered alike when it comes again, and else when it is another one', async () => {
    const { location } = await publish();
    const fragments = [];
    for (let time = 0; time < 2; time += 1) fragments.push(await (await patch(location, '*', restart)).text());
    assert.equal(fragments[0], fragments[1]);
    const third = await patch(location, '*', trickle);
    assert.equal(third.status, 200);
    assert.notEqual(await third.text(), fragments[0]);
  });

  it('restarts when it has new credentials under the right entity tag', async () => {
    const { location, tag } = await publish();
    assert.equal((await patch(location, tag, restart)).status, 200);
  });

  for (const [what, status, ifMatch, body, type] of [
    ['without If-Match', 428, undefined, trickle, FRAGMENT],
    ['under another entity tag', 412, '"other"', trickle, FRAGMENT],
    ['under a weak entity tag', 412, 'weak', trickle, FRAGMENT],
    ['of another type', 415, '*', trickle, SDP],
    ['that is empty', 400, '*', '', FRAGMENT],
    ['that is broken', 400, '*', 'v=0\r\n', FRAGMENT],
    ['that is too long', 413, '*', 'a=x\r\n'.repeat(4_000), FRAGMENT],
    ['with half of new credentials', 422, '*', trickle.replace('abcd', 'efgh'), FRAGMENT],
    ['with a user name fragment alone', 400, '*', 'a=ice-ufrag:efgh\r\n', FRAGMENT],
  ] as const) {
    it(`is refused with ${status} ${what}, and the session goes on`, async () => {
      const { location, tag } = await publish();
      const response = await patch(location, ifMatch === 'weak' ? `W/${tag}` : ifMatch, body, type);
      if (status === 415) assert.equal(response.headers.get('accept-patch'), FRAGMENT);
      assert.deepEqual(await errorOf(response), [status, 4]);
      assert.equal((await patch(location, tag, trickle)).status, 204);
      assert.equal((await patch(location, '*', restart)).status, 200);
    });
  }

  it('is not found for what is not there, has ended, or is another one’s', async () => {
    const { location, tag } = await publish();
    const other = await publish(bob);
    assert.equal((await patch(other.location, other.tag, trickle)).status, 404);
    assert.equal((await patch(`${location}x`, tag, trickle)).status, 404);
    assert.equal((await send(location, 'DELETE', { 'if-match': '"other"' })).status, 200);
    assert.equal((await patch(location, tag, trickle)).status, 404);
    assert.deepEqual(await errorOf(await send(location, 'DELETE')), [404, 4]);
  });

  it('is refused with 429 when there are far too many', async () => {
    const { location, tag } = await publish();
    for (let count = 0; count < 100; count += 1) assert.equal((await patch(location, tag, trickle)).status, 204);
    assert.deepEqual(await errorOf(await patch(location, tag, trickle)), [429, 4]);
    clock.advance(100);
    assert.equal((await patch(location, tag, trickle)).status, 204);
    assert.equal((await send(location, 'DELETE')).status, 200);
  });
});

describe('a subscribing POST', () => {
  for (const [what, status, body] of [
    ['that sends', 406, publishOffer],
    ['that does nothing', 406, publishOffer.replaceAll('a=sendonly', 'a=inactive')],
  ] as const) {
    it(`is refused with ${status} ${what}`, async () => {
      await publish(bob);
      assert.deepEqual(await errorOf(await alice.subscribe(bob.id, body)), [status, 4]);
    });
  }

  it('is refused with 400 when the publisher sends none of its codecs', async () => {
    await publish(bob);
    const body = subscribeOffer.replaceAll('opus', 'odd').replaceAll('H264', 'H263');
    assert.deepEqual(await errorOf(await alice.subscribe(bob.id, body)), [400, 7]);
  });
});
