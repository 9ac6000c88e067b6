import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations } from '@proscenium/model';
import { commandNamesOf, findOperation } from './commands.ts';
import { optionsOf, parametersOf } from './parameters.ts';

/** The order in which the AWS CLI's manual has the options, where it is not that of required ones first. */
const documented = {
  'create-ingest-configuration':
    'name stage-arn user-id attributes ingest-protocol insecure-ingest redundant-ingest tags',
  'create-storage-configuration': 'name s3 tags',
  'create-stage': 'name participant-token-configurations tags auto-participant-recording-configuration',
  'start-composition': 'stage-arn idempotency-token layout destinations tags',
  'list-participants':
    'stage-arn session-id filter-by-user-id filter-by-published filter-by-state next-token max-results filter-by-recording-state',
  'start-participant-replication':
    'source-stage-arn destination-stage-arn participant-id reconnect-window-seconds attributes',
};

for (const [command, options] of Object.entries(documented)) {
  test(`${command} has its options in the order of the manual`, async () => {
    const operation = await findOperation('ivs-realtime', command);
    assert.ok(operation);
    assert.deepEqual(
      parametersOf(operation).map(({ option }) => option.slice(2)),
      options.split(' '),
    );
  });
}

test('there is a command for each operation', async () => {
  const found = new Set<string | undefined>();
  for (const service of ['ivs-realtime', 'ivs'] as const) {
    for (const name of commandNamesOf(service)) found.add((await findOperation(service, name))?.name);
  }
  assert.deepEqual([...found].sort(), Object.keys(operations).sort());
  assert.equal(await findOperation('ivs-realtime', 'create-channel'), undefined);
});

test('a flag has its opposite, and a command that pages has options for it', () => {
  const names = optionsOf(operations.ListPublicKeys).map(({ name }) => name);
  assert.deepEqual(names, [
    ...['next-token', 'max-results', 'cli-input-json', 'cli-input-yaml'],
    ...['starting-token', 'page-size', 'max-items', 'generate-cli-skeleton'],
  ]);
  const flags = optionsOf(operations.DeleteIngestConfiguration).map(({ name }) => name);
  assert.deepEqual(flags.slice(0, 3), ['arn', 'force', 'no-force']);
});
