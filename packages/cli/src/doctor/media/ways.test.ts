import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { found, unstopped } from '../found.fixture.ts';
import { otherWorkersCheck } from './other-workers.ts';
import { mediaTcpCheck, mediaUdpCheck } from './reachability.ts';
import { mediaAt, type OfferAnswer, serveStages, unusedPort } from './stages.fixture.ts';
import { whipCheck } from './whip.ts';

/** What WHIP says, and what it learns of the media. */
async function whip(t: TestContext, answer: OfferAnswer) {
  const served = await serveStages(t, answer);
  const result = await whipCheck.run(served, unstopped);
  return { ...served, media: result.learned?.media, lines: found(result), remedy: result.findings[0]?.remedy };
}

describe('an offer', () => {
  test('that is answered tells where media is', async (t) => {
    const { stage, lines, media } = await whip(t, await mediaAt(7_081));
    assert.deepEqual(lines, [`ok: ${stage.endpoints.whip} answers an offer, with media at 127.0.0.1`]);
    assert.deepEqual(
      media?.candidates.map(({ protocol, port }) => [protocol, port]),
      [
        ['udp', 7_081],
        ['tcp', 7_081],
      ],
    );
  });

  test('that is refused fails with the reason of the server', async (t) => {
    const { lines, remedy, media } = await whip(t, { status: 503, body: '{"code":4,"message":"It is drained."}' });
    assert.deepEqual(lines, ['failed: an offer was answered with 503: It is drained.']);
    assert.match(remedy ?? '', /no media worker may be running/);
    assert.equal(media, undefined);
  });

  test('that a proxy keeps to itself fails with what that says', async (t) => {
    const { lines, remedy } = await whip(t, { status: 405, body: '<h1>\nNot allowed' });
    assert.deepEqual(lines, ['failed: an offer was answered with 405: <h1> Not allowed']);
    assert.match(remedy ?? '', /let the proxy in front pass method, headers and body on/);
  });

  test('to nobody fails', async (t) => {
    const { server, stage } = await serveStages(t, await mediaAt(1));
    const endpoints = { ...stage.endpoints, whip: `http://127.0.0.1:${await unusedPort()}/whip` };
    const result = await whipCheck.run({ server, stage: { ...stage, endpoints } }, unstopped);
    assert.deepEqual(found(result), [`failed: ${endpoints.whip}: nothing listens there`]);
  });
});

describe('media', () => {
  test('at a port where nobody listens fails by UDP, and is warned of by TCP', async (t) => {
    const port = await unusedPort();
    const { stage, media = { candidates: [], iceServers: [] } } = await whip(t, await mediaAt(port));
    const [udp, tcp] = [
      await mediaUdpCheck.run({ stage, media }, unstopped),
      await mediaTcpCheck.run({ stage, media }, unstopped),
    ];
    assert.deepEqual(found(udp), [`failed: udp/${port} of 127.0.0.1: nothing listens there`]);
    const consequence = 'clients whose network lets no UDP through cannot take part';
    assert.deepEqual(found(tcp), [`warning: tcp/${port} of 127.0.0.1: nothing listens there; ${consequence}`]);
    assert.match(tcp.findings[0]?.remedy ?? '', new RegExp(`^Open tcp/${port}, and those of the other workers`));
  });

  test('at a port where somebody else listens who does not answer is warned of by TCP', async (t) => {
    const silent = createServer((socket: Socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    t.after(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const { stage, media = { candidates: [], iceServers: [] } } = await whip(t, await mediaAt(port));
    const lines = found(await mediaTcpCheck.run({ stage, media }, unstopped));
    assert.match(lines.join(), new RegExp(`^warning: tcp/${port} of 127.0.0.1: nobody answers; `));
  });
});

describe('media of other workers', () => {
  test('is looked for port after port, and fails where a way to one of them is closed', async (t) => {
    const ports = [await unusedPort(), await unusedPort()];
    const answers = await Promise.all(ports.map(mediaAt));
    const { stages, there, ...facts } = await serveStages(t, ...answers);
    const media = { candidates: [], iceServers: [] };
    const result = await otherWorkersCheck(stages).run({ ...facts, media }, unstopped);
    assert.match(
      found(result).join('\n'),
      new RegExp(`^failed: udp/${ports[1]} of 127.0.0.1: .*\nwarning: tcp/${ports[1]} of 127.0.0.1: [^\n]*$`),
    );
    // The first one, that of the other worker, and one that came back to its port.
    assert.deepEqual([...there], ['stage-0', 'stage-1', 'stage-2']);
    assert.deepEqual(await stages.deleteAll(), []);
    assert.deepEqual([...there], []);
  });

  test('is not there where each stage has the same port', async (t) => {
    const { stages, ...facts } = await serveStages(t, await mediaAt(await unusedPort()));
    const media = { candidates: [], iceServers: [] };
    const result = await otherWorkersCheck(stages).run({ ...facts, media }, unstopped);
    assert.deepEqual(found(result), ['skipped: the server has no others, or gave none to see']);
  });
});
