import assert from 'node:assert/strict';
import { test } from 'node:test';
import { found, unstopped } from '../found.fixture.ts';
import { answerWith } from './answering.fixture.ts';
import { eventsSocketCheck } from './events-socket.ts';

test('an events socket whose upgrade a proxy refuses, or keeps to itself, fails with what to do about proxies', async (t) => {
  const refusing = await answerWith(t, (_, response) => response.writeHead(400).end());
  const swallowing = await answerWith(t, () => undefined);
  for (const [{ url }, what] of [
    [refusing, 'The events socket was closed with 1006'],
    [swallowing, 'No state of the stage came over the events socket'],
  ] as const) {
    const events = `ws://${url.host}/events`;
    const claims = { jti: 'me', topic: 'stage', events_url: events, whip_url: url.href };
    const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
    const prober = { participantId: 'me', token };
    const endpoints = { whip: url.href, events };
    const stage = { arn: 'stage', endpoints, prober, publisher: prober, subscriber: prober };
    const result = await eventsSocketCheck.run({ stage }, unstopped);
    assert.deepEqual(found(result), [`failed: ${events}: ${what}`]);
    assert.match(result.findings[0]?.remedy ?? '', /^Let the proxy pass WebSocket upgrades on/);
  }
});
