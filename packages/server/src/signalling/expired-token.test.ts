import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  CreateParticipantTokenCommand,
  CreateStageCommand,
  type IVSRealTimeClient,
} from '@aws-sdk/client-ivs-realtime';
import { HandClock } from '../hand-clock.fixture.ts';
import { TestServer } from '../running-server.fixture.ts';
import { publishOffer } from './offer.fixture.ts';
import { StageClient } from './stage-client.fixture.ts';

describe('A token that expires while its bearer publishes', () => {
  // From now on, as the client of the API signs by the machine's clock.
  const clock = new HandClock(new Date());
  let server: TestServer;
  let client: IVSRealTimeClient;
  let alice: StageClient;
  let bob: StageClient;
  /** What alice has begun. */
  let location: string;

  before(async () => {
    server = await TestServer.start({}, clock);
    client = server.client;
  });
  after(() => server?.close());

  beforeEach(async () => {
    const { stage } = await client.send(new CreateStageCommand({}));
    const tokenFor = async (duration: number) => {
      const command = new CreateParticipantTokenCommand({ stageArn: stage?.arn, duration });
      return new StageClient((await client.send(command)).participantToken?.token ?? '');
    };
    alice = await tokenFor(1);
    bob = await tokenFor(60);
    location = (await alice.publish(publishOffer)).headers.get('location') ?? '';
    clock.advance(60_000);
  });

  it('begins nothing any more', async () => {
    assert.equal((await alice.publish(publishOffer)).status, 401);
    assert.equal((await alice.subscribe(bob.id, publishOffer)).status, 401);
    assert.equal((await alice.connect().closed).code, 4002);
  });

  it('ends what it began', async () => {
    assert.equal((await alice.delete(location)).status, 200);
    assert.equal((await alice.delete(location)).status, 404);
  });

  it('ends nothing when it is forged', async () => {
    const [header, payload, signature = ''] = alice.token.split('.');
    const forged = new StageClient([header, payload, signature.replace(/^.{4}/, 'AAAA')].join('.'));
    assert.equal((await forged.delete(location)).status, 401);
    assert.equal((await bob.delete(location)).status, 404);
    assert.equal((await alice.delete(location)).status, 200);
  });
});
