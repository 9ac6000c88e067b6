import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OperationName, operations } from '@proscenium/model';
import { readJson } from '../json/read-json.ts';
import type { JsonObject } from '../json/value.ts';
import { checkRequest } from './check-request.ts';

const check = (name: OperationName, json: string) =>
  checkRequest(operations[name].request, readJson(json) as JsonObject);

test('what the server alone judges passes', () => {
  check('CreateStage', `{"name": "${'x'.repeat(500)}", "tags": {"a": "b"}}`);
  check('CreateEncoderConfiguration', '{"video": {"framerate": 30, "width": 100000}}');
});

test('all faults are told, in the words of the AWS CLI', () => {
  const json = `{
    "sessionId": "st-1", "stageArn": 7, "maxResults": 0, "zzz": 1, "filterByPublished": "yes",
    "filterByState": ["CONNECTED"]
  }`;
  assert.throws(() => check('ListParticipants', json), {
    kind: 'ParamValidation',
    exitCode: 252,
    message: [
      'Parameter validation failed:',
      'Unknown parameter in input: "zzz", must be one of: stageArn, sessionId, filterByUserId, filterByPublished, filterByState, nextToken, maxResults, filterByRecordingState',
      'Invalid length for parameter sessionId, value: 4, valid min length: 16',
      "Invalid type for parameter stageArn, value: 7, type: <class 'int'>, valid types: <class 'str'>",
      'Invalid value for parameter maxResults, value: 0, valid min value: 1',
      "Invalid type for parameter filterByPublished, value: yes, type: <class 'str'>, valid types: <class 'bool'>",
      "Invalid type for parameter filterByState, value: ['CONNECTED'], type: <class 'list'>, valid types: <class 'str'>",
    ].join('\n'),
  });
});

test('faults within structures, lists and maps are told with their place', () => {
  assert.throws(() => check('CreateStage', '{"autoParticipantRecordingConfiguration": {}, "tags": {"": 1}}'), {
    message: [
      'Parameter validation failed:',
      'Missing required parameter in autoParticipantRecordingConfiguration: "storageConfigurationArn"',
      'Invalid length for parameter tags (key: ), value: 0, valid min length: 1',
      "Invalid type for parameter tags., value: 1, type: <class 'int'>, valid types: <class 'str'>",
    ].join('\n'),
  });
  assert.throws(() => check('CreateStage', '{"participantTokenConfigurations": [{"duration": 0}]}'), {
    message: /Invalid value for parameter participantTokenConfigurations\[0\]\.duration, value: 0, valid min value: 1/,
  });
});
