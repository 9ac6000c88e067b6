import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useClient } from './client.ts';
import type { TokenOptions } from './stage-server.ts';

describe('Exchanging the token', () => {
  const client = useClient({ withMedia: true });

  function token(options: TokenOptions = {}): string {
    return client.server.token('ann', { selfSigned: true, ...options });
  }

  /** What becomes of an exchange. */
  async function exchange(next: string): Promise<string> {
    return await client.page.evaluate(
      (given) =>
        stage.exchangeToken(given).then(
          () => 'taken',
          (error) => (error instanceof t.StageError ? `${error.category} ${error.code}` : String(error)),
        ),
      next,
    );
  }

  /** The server has heard of this token, and takes it. */
  async function take(next: string): Promise<void> {
    const { payload } = await client.server.message('TOKEN_EXCHANGE', (message) => message.payload.token === next);
    client.server.send('ann', 'TOKEN_EXCHANGED', { exchangeId: payload.exchangeId });
  }

  async function local() {
    return await client.page.evaluate(() => {
      const { userId, attributes, capabilities } = stage.localParticipant;
      return { userId, attributes, capabilities: [...capabilities] };
    });
  }

  it('tells the server, is the new participant at once, and tells so when the server has taken it', async () => {
    await client.join(token());
    await client.clear();
    const next = token({ userId: 'anna', attributes: { role: 'host' }, publish: false });
    const done = exchange(next);
    await client.server.message('TOKEN_EXCHANGE');
    const shown = { userId: 'anna', attributes: { role: 'host' }, capabilities: ['subscribe'] };
    assert.deepEqual(await local(), shown);
    assert.deepEqual(await client.lines(), []);
    client.server.setMember('bob'); // a state that still tells others of the user id before
    await client.until('joined bob');
    assert.deepEqual(await local(), shown);
    await take(next);
    assert.equal(await done, 'taken');
    assert.deepEqual(await client.lines(), ['joined bob', 'metadata ann']);
    client.server.setMember('ann', { userId: 'anna', attributes: { role: 'host' } });
    client.server.removeMember('bob');
    await client.until('left bob');
    assert.deepEqual(await client.lines(), ['joined bob', 'metadata ann', 'left bob']);
  });

  it('tells nothing when neither user id nor attributes have changed', async () => {
    await client.join(token());
    const next = token({ expiresInSeconds: 7_200 });
    const done = exchange(next);
    await take(next);
    assert.equal(await done, 'taken');
    assert.ok(!(await client.lines()).includes('metadata ann'));
  });

  it('refuses a token that cannot take the place, and says nothing to the server', async () => {
    await client.join(token());
    const other = client.server.token('bob', { selfSigned: true });
    assert.equal(await exchange('rubbish'), 'JOIN_ERROR 1');
    assert.equal(await exchange(token({ expiresInSeconds: -1 })), 'JOIN_ERROR 2');
    assert.equal(await exchange(other), 'JOIN_ERROR 8');
    assert.equal(await exchange(token({ whipUrl: `${client.server.origin}/whip/other` })), 'JOIN_ERROR 8');
    assert.equal(await exchange(client.server.token('ann')), 'JOIN_ERROR 8');
    assert.equal((await local()).userId, 'ann');
    assert.ok(!client.server.messages.some(({ type }) => type === 'TOKEN_EXCHANGE'));
    assert.ok(!(await client.lines()).some((line) => line.startsWith('error') || line.startsWith('left')));
  });

  it('unpublishes at once when publishing is lost, and asks the strategy when it is gained', async () => {
    await client.join(token());
    await client.publishCamera();
    await client.until('publish ann published');
    await client.clear();
    const viewer = token({ publish: false });
    const lost = exchange(viewer);
    await client.until('removed ann audio video');
    assert.deepEqual(await client.lines(), ['publish ann not_published', 'removed ann audio video']);
    await client.server.request('DELETE');
    await take(viewer);
    await lost;

    await client.clear();
    const posts = () => client.server.requests.filter(({ method }) => method === 'POST').length;
    const before = posts();
    const host = token({ attributes: { role: 'host' } });
    const gained = exchange(host);
    await client.until('publish ann attempting_publish');
    await client.server.message('TOKEN_EXCHANGE', ({ payload }) => payload.token === host);
    assert.equal(posts(), before, 'the server is not asked before it has taken the token');
    await take(host);
    await gained;
    await client.until('publish ann published');
    const post = await client.server.request('POST', ({ authorization }) => authorization === `Bearer ${host}`);
    assert.ok(post);
  });

  it('publishes after all when a token without the capability is exchanged for one with it', async () => {
    await client.join(token({ publish: false }));
    await client.publishCamera();
    await client.until('error PUBLISH_ERROR 8');
    const host = token();
    void exchange(host);
    await take(host);
    await client.until('publish ann published');
  });

  it('ends what is received when subscribing is lost, and wishes anew when it is gained', async () => {
    await client.media.publishPicture('bob');
    await client.join(token());
    await client.until('subscribe bob subscribed');
    await client.clear();
    const mute = token({ subscribe: false });
    void exchange(mute);
    await client.until('subscribe bob not_subscribed');
    assert.deepEqual(await client.lines(), ['removed bob audio video', 'subscribe bob not_subscribed']);
    await take(mute);
    const viewer = token({ publish: false });
    void exchange(viewer);
    await take(viewer);
    await client.until('subscribe bob subscribed');
  });

  it('leaves with failed-exchange when the server does not take it, and has the token before again', async () => {
    await client.join(token({ attributes: { role: 'viewer' } }));
    await client.clear();
    const outcome = exchange(token({ attributes: { role: 'host' } }));
    await client.server.message('TOKEN_EXCHANGE');
    client.server.closeSocket('ann', 4103, 'failed-exchange');
    assert.equal(await outcome, 'JOIN_ERROR 8');
    assert.deepEqual(await client.lines(), ['connection disconnected', 'left stage failed-exchange']);
    assert.deepEqual((await local()).attributes, { role: 'viewer' });
    await client.page.evaluate(() => stage.join());
  });

  it('waits for the join that is under way', async () => {
    await client.createStage(token());
    const next = token({ userId: 'anna' });
    const outcome = client.page.evaluate(async (given) => {
      const joining = stage.join();
      const exchanging = stage.exchangeToken(given);
      await joining;
      await exchanging;
      return stage.localParticipant.userId;
    }, next);
    await take(next);
    assert.equal(await outcome, 'anna');
  });

  it('is offered once more when the connection was lost meanwhile', async () => {
    await client.join(token());
    const next = token({ userId: 'anna' });
    const outcome = exchange(next);
    const first = await client.server.message('TOKEN_EXCHANGE');
    client.server.messages.splice(0);
    client.server.breakSocket('ann');
    const second = await client.server.message('TOKEN_EXCHANGE');
    assert.deepEqual(second.payload, first.payload);
    await take(next);
    assert.equal(await outcome, 'taken');
    assert.ok(!(await client.lines()).some((line) => line.startsWith('left stage')));
  });

  it('tells a failed exchange when the new token does not let it come back', async () => {
    await client.join(token());
    const outcome = exchange(token({ userId: 'anna' }));
    await client.server.message('TOKEN_EXCHANGE');
    client.server.refuseWith = 4001;
    client.server.breakSocket('ann');
    await client.until('left stage failed-exchange');
    assert.equal(await outcome, 'JOIN_ERROR 8');
    assert.equal((await local()).userId, 'ann');
  });

  it('is canceled by leaving; outside the stage the next join is with the new token', async () => {
    await client.join(token());
    const outcome = exchange(token({ userId: 'anna' }));
    await client.server.message('TOKEN_EXCHANGE');
    await client.page.evaluate(() => stage.leave());
    assert.equal(await outcome, 'JOIN_ERROR 5');
    await client.clear();
    assert.equal(await exchange(token({ userId: 'anna the host' })), 'taken');
    assert.equal((await local()).userId, 'anna the host');
    assert.deepEqual(await client.lines(), ['metadata ann']);
    await client.page.evaluate(() => stage.join());
    assert.equal(client.server.members.get('ann')?.userId, 'anna the host');
  });

  it('settles exchanges that overtake each other by the last', async () => {
    await client.join(token());
    const [first, last] = [token({ userId: 'anna' }), token({ userId: 'anna the host' })];
    const outcomes = [exchange(first), exchange(last)];
    await take(last);
    assert.deepEqual(await Promise.all(outcomes), ['taken', 'taken']);
    assert.equal((await local()).userId, 'anna the host');
  });

  it('does nothing from within the strategy, and can be passed on without its stage', async () => {
    await client.join(token());
    const next = token({ userId: 'anna' });
    const codes = await client.page.evaluate(async (given) => {
      let within: Promise<number> | undefined;
      const { exchangeToken } = stage;
      stage.replaceStrategy({
        ...t.strategy,
        shouldPublishParticipant() {
          within = exchangeToken(given).catch(({ code }) => code);
          return false;
        },
      });
      return await within;
    }, next);
    assert.equal(codes, 5);
  });
});
