import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { operations } from '@proscenium/model';
import { writeJson } from '../json/write-json.ts';
import { parametersOf } from '../options/parameters.ts';
import { readParameter } from './read-parameter.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'proscenium-parameter-'));
});
after(() => rmSync(folder, { recursive: true }));

function read(operation: keyof typeof operations, option: string, ...words: string[]): string {
  const parameter = parametersOf(operations[operation]).find((each) => each.option === option);
  assert.ok(parameter);
  return writeJson(readParameter(option, parameter.shape, words));
}

describe('A parameter is read as its shape demands', () => {
  test('structures, numbers and lists in shorthand', () => {
    assert.equal(
      read(
        'CreateStage',
        '--participant-token-configurations',
        'userId=alice,capabilities=PUBLISH,duration=5',
        'userId=bob',
      ),
      '[{"userId": "alice", "capabilities": ["PUBLISH"], "duration": 5}, {"userId": "bob"}]',
    );
    assert.equal(
      read('CreateEncoderConfiguration', '--video', 'bitrate=3500000,framerate=30.0,height=1080,width=1920'),
      '{"bitrate": 3500000, "framerate": 30.0, "height": 1080, "width": 1920}',
    );
    assert.equal(
      read('StartComposition', '--layout', 'grid={omitStoppedVideo=TRUE,gridGap=2}'),
      '{"grid": {"omitStoppedVideo": true, "gridGap": 2}}',
    );
  });

  test('JSON of the whole, of each item, and in a file', () => {
    const json = '[{"userId":"a"},{"userId":"b"}]';
    const expected = '[{"userId": "a"}, {"userId": "b"}]';
    const file = path.join(folder, 'tokens.json');
    writeFileSync(file, json);
    for (const words of [[json], ['{"userId":"a"}', '{"userId":"b"}'], [`file://${file}`]]) {
      assert.equal(read('CreateStage', '--participant-token-configurations', ...words), expected);
    }
  });

  test('texts stay what they are, those of files too', () => {
    const file = path.join(folder, 'key.pem');
    writeFileSync(file, 'BEGIN\r\nEND\n');
    assert.equal(read('ImportPublicKey', '--public-key-material', `file://${file}`), '"BEGIN\\nEND\\n"');
    assert.equal(read('CreateStage', '--name', '{"a":1}'), '"{\\"a\\":1}"');
    assert.equal(read('UntagResource', '--tag-keys', 'a', 'b c'), '["a", "b c"]');
    assert.equal(read('UntagResource', '--tag-keys', '["a","b c"]'), '["a", "b c"]');
  });
});

describe('A parameter is refused', () => {
  for (const [operation, option, word, kind, message] of [
    [
      'UpdateStage',
      '--auto-participant-recording-configuration',
      '{a}',
      'ParamValidation',
      /^Error parsing parameter '--auto-participant-recording-configuration': Invalid JSON: Expecting property name enclosed in double quotes: line 1 column 2 \(char 1\)\nJSON received: \{a\}$/,
    ],
    [
      'ImportPublicKey',
      '--public-key-material',
      'file:///no/such',
      'ParamValidation',
      "Error parsing parameter '--public-key-material': Unable to load paramfile file:///no/such: [Errno 2] No such file or directory: '/no/such'",
    ],
    [
      'CreateStage',
      '--tags',
      'a',
      'ParamValidation',
      "Error parsing parameter '--tags': Expected: '=', received: 'EOF' for input:\na\n ^",
    ],
    ['CreateStage', '--tags', '[1]', 'ParamValidation', "Error parsing parameter '--tags': Invalid JSON:\n[1]"],
    ['CreateParticipantToken', '--duration', 'soon', 'General', "invalid literal for int() with base 10: 'soon'"],
    ['CreateEncoderConfiguration', '--video', 'framerate=x', 'General', "could not convert string to float: 'x'"],
  ] as const) {
    test(`${option} ${word}`, () => {
      assert.throws(() => read(operation, option, word), { name: 'CommandFailure', kind, message });
    });
  }
});
