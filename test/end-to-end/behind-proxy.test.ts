import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { presign, sign } from '../../packages/server/src/identity/signer.fixture.ts';
import { type CertificateFiles, createCertificate, trust, trustFlag } from '../support/certificate.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { connectEvents } from '../support/events-socket.ts';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { startTlsProxy, type TlsProxy } from '../support/tls-proxy.ts';

const key = { ...testAccessKey, account: '123456789012', userName: 'admin' };

let folder: string;
let certificate: CertificateFiles;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proscenium-proxy-'));
  certificate = createCertificate(folder, 'proxy');
  trust(certificate);
});
after(() => rm(folder, { recursive: true }));

/** What a proxy makes of the `Host` of a client, and what the server's settings need to say beside its public address. */
const proxies: Record<string, { host: (received: string) => string; env?: Record<string, string> }> = {
  'puts the address of the server in Host': { host: () => '127.0.0.1:7080' },
  'puts a name of its own for the server in Host': {
    host: () => 'proscenium:7080',
    env: { PROSCENIUM_HOST_NAMES: 'proscenium' },
  },
  'takes the port off Host': { host: (received) => received.replace(/:\d+$/, '') },
  'keeps Host': { host: (received) => received },
};

for (const [what, { host, env }] of Object.entries(proxies)) {
  describe(`a server behind a TLS proxy that ${what}`, () => {
    let server: ServerProcess;
    let proxy: TlsProxy;
    let address: string;

    before(async () => {
      proxy = await startTlsProxy({ certificate, host });
      address = `https://localhost:${proxy.port}`;
      server = await startServer({ env: { ...env, PROSCENIUM_PUBLIC_URL: address } });
      proxy.passOnTo(await server.listenPort());
    });
    after(async () => {
      await server?.stop();
      await proxy?.close();
    });

    test('takes calls that are signed for its public address, and tells no other one', async () => {
      assert.equal(server.endpoint, address);
      const stage = await TestStage.create(server, ['alice']);
      assert.ok(stage.whipUrl.startsWith(`${address}/whip/`));
      const { token } = stage.invited('alice');
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      assert.equal(claims.events_url, `wss://localhost:${proxy.port}/events`);
    });

    test('takes presigned calls, which another host spoils', async () => {
      const { arn } = await TestStage.create(server, []);
      const path = `/tags/${encodeURIComponent(arn)}`;
      const status = async (signedHost: string) => {
        const { url } = await presign({ method: 'GET', path, headers: { host: signedHost } }, { key, expiresIn: 60 });
        return (await fetch(`${address}${url}`)).status;
      };
      assert.equal(await status(`localhost:${proxy.port}`), 200);
      assert.equal(await status('stages.example.com'), 403);
    });

    test('refuses calls that are signed for another host, whatever headers say of it', async () => {
      const told = { 'x-forwarded-host': 'stages.example.com', forwarded: 'host=stages.example.com' };
      const send = async (signedHost: string) => {
        const order = { method: 'POST', path: '/ListStages', headers: { host: signedHost }, body: '{}' };
        const { method, url, headers, body } = await sign(order, { key });
        const { host: _, ...others } = headers;
        const answer = await fetch(`${address}${url}`, { method, headers: { ...others, ...told }, body });
        return [answer.status, answer.headers.get('x-amzn-errortype')];
      };
      assert.deepEqual(await send(`localhost:${proxy.port}`), [200, null]);
      assert.deepEqual(await send('stages.example.com'), [403, 'InvalidSignatureException']);
    });

    test('shows its pages, and opens events sockets', async () => {
      for (const page of ['/', '/try', '/assets/try.js']) assert.equal((await fetch(`${address}${page}`)).status, 200);
      const socket = await connectEvents((await TestStage.create(server, ['alice'])).invited('alice').token);
      socket.close();
      assert.deepEqual(await socket.closed, { code: 1005, reason: '' });
    });

    test('makes no stage for visitors of its page: they are not on its machine', async () => {
      const request = { method: 'POST', headers: { origin: address } };
      assert.equal((await fetch(`${address}/try/stage`, request)).status, 403);
    });
  });
}

describe('participants behind a TLS proxy that rewrites Host', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let proxy: TlsProxy;
  let chromium: Chromium;

  before(async () => {
    proxy = await startTlsProxy({ certificate, host: () => '127.0.0.1:7080' });
    server = await startServer({ env: { PROSCENIUM_PUBLIC_URL: `https://localhost:${proxy.port}` } });
    proxy.passOnTo(await server.listenPort());
    chromium = await launchChromium({ flags: [trustFlag(certificate)] });
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    await proxy?.close();
  });

  test('see each other by the web client', async (t) => {
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = [stage.invited('alice'), stage.invited('bob')];
    const [alicePage, bobPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([alicePage.close(), bobPage.close()]));
    await Promise.all([alicePage.stage.joinStage(alice.token), bobPage.stage.joinStage(bob.token)]);
    await Promise.all([
      alicePage.stage.waitForFrames(bob.participantId, 10),
      bobPage.stage.waitForFrames(alice.participantId, 10),
    ]);
  });

  test('publish and subscribe by POST, redirected from the one address for all stages', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const headers = { authorization: `Bearer ${host.token}`, 'content-type': 'application/sdp' };
    const global = await fetch(`${server.endpoint}/whip`, { method: 'POST', headers, body: 'v=0', redirect: 'manual' });
    assert.deepEqual([global.status, global.headers.get('location')], [307, stage.whipUrl]);

    const page = await chromium.openPage();
    t.after(() => page.close());
    const published = await page.stage.postPublish(stage.whipUrl, host.token);
    assert.ok(published.location.startsWith(`${stage.whipUrl}/`), published.location);
    await stage.untilEvent(await stage.activeSessionId(), host.participantId, 'PUBLISH_STARTED');
    const subscribed = await page.stage.postSubscribe(stage.subscribeUrl(host.participantId), viewer.token);
    assert.ok(subscribed.location.startsWith(`${stage.whipUrl}/`), subscribed.location);
    await page.stage.waitForFrames(subscribed.location, 10);
    assert.equal(await page.stage.deletePosted(published.location, host.token), 200);
  });
});
