import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCommand, startScriptedService } from '../scripted-service.fixture.ts';

const pages = [
  { body: '{"publicKeys":[{"arn":"a"},{"arn":"b"}],"nextToken":"2"}' },
  { body: '{"publicKeys":[{"arn":"c"},{"arn":"d"}],"nextToken":"3"}' },
  { body: '{"publicKeys":[{"arn":"e"}]}' },
];
const arns = ['--query', 'publicKeys[].arn', '--output', 'text'];

async function list(t: Parameters<typeof startScriptedService>[0], from: number, ...options: string[]) {
  const { endpoint, received } = await startScriptedService(t, pages.slice(from));
  const run = await runCommand(['list-public-keys', '--endpoint-url', endpoint, ...options]);
  return { ...run, sent: received.map(({ body }) => body) };
}

describe('A command that pages', () => {
  test('makes one list of all pages', async (t) => {
    const run = await list(t, 0, '--page-size', '2');
    assert.deepEqual(
      JSON.parse(run.output).publicKeys.map(({ arn }: { arn: string }) => arn),
      ['a', 'b', 'c', 'd', 'e'],
    );
    assert.deepEqual(run.sent, [
      '{"maxResults": 2}',
      '{"maxResults": 2, "nextToken": "2"}',
      '{"maxResults": 2, "nextToken": "3"}',
    ]);
  });

  test('prints page by page as text and in a stream', async (t) => {
    assert.equal((await list(t, 0, ...arns)).output, 'a\tb\nc\td\ne\n');
    assert.equal(
      (await list(t, 1, '--output', 'yaml-stream')).output,
      "- nextToken: '3'\n  publicKeys:\n  - arn: c\n  - arn: d\n- publicKeys:\n  - arn: e\n",
    );
  });

  test('stops within a page, and goes on there', async (t) => {
    const first = JSON.parse((await list(t, 0, '--max-items', '3')).output);
    assert.equal(first.publicKeys.length, 3);
    assert.deepEqual(JSON.parse(Buffer.from(first.NextToken, 'base64').toString()), {
      nextToken: '2',
      boto_truncate_amount: 1,
    });
    const second = await list(t, 1, '--starting-token', first.NextToken, ...arns);
    assert.deepEqual([second.output, second.sent[0]], ['d\ne\n', '{"nextToken": "2"}']);
  });

  test('stops at the end of a page, and goes on with the next one', async (t) => {
    const first = JSON.parse((await list(t, 0, '--max-items', '2')).output);
    assert.equal(Buffer.from(first.NextToken, 'base64').toString(), '{"nextToken": "2"}');
    assert.equal(
      (await list(t, 0, '--max-items', '2', '--output', 'text', '--query', 'NextToken')).output,
      `None\n${first.NextToken}\n`,
    );
  });

  test('makes one call when it is told so, or when the caller pages', async (t) => {
    for (const options of [['--no-paginate'], ['--max-results', '2'], ['--cli-input-json', '{"maxResults":2}']]) {
      const run = await list(t, 0, ...options);
      assert.equal(JSON.parse(run.output).nextToken, '2', options.join(' '));
      assert.equal(run.sent.length, 1);
    }
  });

  test('refuses paging options beside that', async (t) => {
    const run = await list(t, 0, '--no-paginate', '--max-items', '1', '--page-size', '1');
    assert.equal(run.exitCode, 255);
    assert.match(
      run.error,
      /Error during pagination: Cannot specify --no-paginate along with pagination arguments: --page-size, --max-items/,
    );
  });

  test('ends when a token comes twice', async (t) => {
    const { endpoint } = await startScriptedService(t, pages.slice(0, 1));
    const run = await runCommand(['list-public-keys', '--endpoint-url', endpoint]);
    assert.equal(run.exitCode, 255);
    assert.match(run.error, /The same next token was received twice: \{'nextToken': '2'\}/);
  });

  test('takes tokens of the service and of old, and refuses others', async (t) => {
    assert.equal((await list(t, 1, '--starting-token', '2', ...arns)).sent[0], '{"nextToken": "2"}');
    const old = await list(t, 1, '--starting-token', '2___1', ...arns);
    assert.deepEqual([old.sent[0], old.output], ['{"nextToken": "2"}', 'd\ne\n']);
    const wrong = await list(t, 1, '--starting-token', Buffer.from('{"other": 1}').toString('base64'));
    assert.match(wrong.error, /Bad starting token: \{'other': 1\}/);
  });
});
