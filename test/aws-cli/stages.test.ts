import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { aws, awsJson, awsMissing, awsTest } from '../support/aws.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

interface Stage {
  arn: string;
  name: string;
  tags: Record<string, string>;
}

describe('The AWS CLI, on stages and tokens', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  const run = <Output>(...args: string[]): Promise<Output> => awsJson<Output>(server, ...args);

  awsTest('creates, shows, renames and deletes a stage', async () => {
    const { stage } = await run<{ stage: Stage }>('create-stage', '--name', 'show', '--tags', 'team=red,floor=2');
    assert.deepEqual(stage.tags, { team: 'red', floor: '2' });
    assert.deepEqual(await run('get-stage', '--arn', stage.arn), { stage });

    const renamed = await run<{ stage: Stage }>('update-stage', '--arn', stage.arn, '--name', 'late-show');
    assert.deepEqual(renamed, { stage: { ...stage, name: 'late-show' } });

    const deleted = await aws(server, ['delete-stage', '--arn', stage.arn]);
    assert.deepEqual(deleted, { status: 0, stdout: '', stderr: '' });
    assert.notEqual((await aws(server, ['get-stage', '--arn', stage.arn])).status, 0);
  });

  awsTest('makes tokens as its shorthand asks for them', async () => {
    const { participantTokens, stage } = await run<{ stage: Stage; participantTokens: object[] }>(
      'create-stage',
      '--participant-token-configurations',
      'userId=alice,capabilities=PUBLISH,SUBSCRIBE,attributes={role=host}',
      'userId=bob,duration=5,capabilities=SUBSCRIBE',
    );
    assert.deepEqual(participantTokens.map(asked), [
      { userId: 'alice', capabilities: ['PUBLISH', 'SUBSCRIBE'], attributes: { role: 'host' } },
      { userId: 'bob', capabilities: ['SUBSCRIBE'], duration: 5 },
    ]);
    const { participantToken } = await run<{ participantToken: { expirationTime: string } }>(
      'create-participant-token',
      '--stage-arn',
      stage.arn,
      '--duration',
      '60',
      '--user-id',
      'carol',
      '--attributes',
      'role=guest,seat=3',
      '--capabilities',
      'PUBLISH',
    );
    assert.deepEqual(asked(participantToken), {
      userId: 'carol',
      attributes: { role: 'guest', seat: '3' },
      capabilities: ['PUBLISH'],
      duration: 60,
    });
    const minutesLeft = (Date.parse(participantToken.expirationTime) - Date.now()) / 60_000;
    assert.ok(minutesLeft > 55 && minutesLeft <= 60.1, `${minutesLeft} minutes`);
  });

  awsTest('pages through stages, the newest first', async () => {
    const { stages: present } = await run<{ stages: Stage[] }>('list-stages');
    for (const name of ['first', 'second', 'third']) await run('create-stage', '--name', name);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await run<{ stages: Stage[]; nextToken?: string }>(
        'list-stages',
        '--max-results',
        '2',
        ...(token === undefined ? [] : ['--next-token', token]),
      );
      assert.ok(page.stages.length <= 2);
      seen.push(...page.stages.map(({ name }) => name));
      token = page.nextToken;
    } while (token !== undefined);
    assert.deepEqual(seen, ['third', 'second', 'first', ...present.map(({ name }) => name)]);
  });

  awsTest('prints text and picks by a query', async () => {
    const { stage } = await run<{ stage: Stage }>('create-stage', '--name', 'picked');
    const text = await aws(server, ['get-stage', '--arn', stage.arn, '--query', 'stage.name', '--output', 'text']);
    assert.deepEqual([text.status, text.stdout], [0, 'picked\n']);
  });

  awsTest('takes a whole request as JSON', async () => {
    const request = { name: 'from-json', tags: { team: 'blue' } };
    const { stage } = await run<{ stage: Stage }>('create-stage', '--cli-input-json', JSON.stringify(request));
    assert.deepEqual({ name: stage.name, tags: stage.tags }, request);
  });
});

/** What was asked for, without what the server made up. */
function asked(token: object): object {
  const { participantId, token: text, expirationTime, ...rest } = token as Record<string, unknown>;
  assert.ok(participantId && text && expirationTime);
  return rest;
}
