import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { awsCommand, withoutBlanks } from './aws-command.ts';

const target = { endpoint: 'http://127.0.0.1:7080', region: 'us-west-2' };

/** What a shell makes of the command: its words, without the program. */
function wordsOf(command: string): string[] {
  const script = `aws() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

function optionsOf(operation: string, input: object): string[] {
  const words = wordsOf(awsCommand(operation, input, target));
  assert.deepEqual(words.slice(-4), ['--region', 'us-west-2', '--endpoint-url', 'http://127.0.0.1:7080']);
  return words.slice(0, -4);
}

test('names operation and members as the AWS CLI does', () => {
  assert.deepEqual(optionsOf('ListParticipants', { stageArn: 'arn:aws:ivs:us-west-2:1:stage/a', maxResults: 5 }), [
    'ivs-realtime',
    'list-participants',
    '--stage-arn',
    'arn:aws:ivs:us-west-2:1:stage/a',
    '--max-results',
    '5',
  ]);
});

test('writes structures and maps as JSON that survives the shell', () => {
  const tags = { name: 'it\'s $HOME `x` "y"', 'two\nlines': '\\' };
  const [, , option, json = ''] = optionsOf('CreateStage', { tags });
  assert.equal(option, '--tags');
  assert.deepEqual(JSON.parse(json), tags);
});

test('writes lists of texts word by word, and lists of structures as JSON', () => {
  assert.deepEqual(optionsOf('CreateParticipantToken', { capabilities: ['PUBLISH', 'SUBSCRIBE'] }).slice(2), [
    '--capabilities',
    'PUBLISH',
    'SUBSCRIBE',
  ]);
  assert.deepEqual(optionsOf('StartComposition', { destinations: [{ name: 'a b' }] }).slice(2), [
    '--destinations',
    '[{"name":"a b"}]',
  ]);
});

test('writes yes and no as flags', () => {
  assert.deepEqual(optionsOf('CreateIngestConfiguration', { insecureIngest: true, redundantIngest: false }).slice(2), [
    '--insecure-ingest',
    '--no-redundant-ingest',
  ]);
});

test('leaves out what has no value', () => {
  const input = { tags: {}, capabilities: [], duration: Number.NaN, s3: undefined };
  assert.deepEqual(optionsOf('CreateStage', input), ['ivs-realtime', 'create-stage']);
});

test('writes an empty text, which takes something away', () => {
  assert.deepEqual(optionsOf('UpdateStage', { name: '' }).slice(2), ['--name', '']);
});

test('blanks are taken out of what is sent at every depth, and nothing else', () => {
  const filled = {
    name: 'a',
    gap: 0,
    omit: false,
    layout: { grid: { gridGap: 0, key: '' }, pip: { key: '' } },
    list: [''],
  };
  assert.deepEqual(withoutBlanks(filled), {
    name: 'a',
    gap: 0,
    omit: false,
    layout: { grid: { gridGap: 0 } },
    list: [''],
  });
});
