import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type CommandOptions,
  countSubscribers,
  duration,
  lowerLayers,
  neededDescriptors,
  number,
  readSource,
  readThresholds,
  readTokenLines,
  resolution,
  url,
  wholeNumber,
} from './options.ts';

const options: CommandOptions = {
  publishers: 2,
  subscribeBy: 'post',
  bitrate: 500_000,
  resolution: { width: 640, height: 360 },
  frameRate: 30,
  audio: true,
  joinsPerSecond: 10,
  churnPerSecond: 0,
  duration: 10,
  maxFailures: 0,
};
const endpoint = new URL('http://127.0.0.1:7080');
const arn = 'arn:aws:ivs:eu-west-1:123456789012:stage/abcdefghijkl';

describe('the stage of a load test', () => {
  test('is made in the region that is named, or in that of the environment', () => {
    const made = { kind: 'made', endpoint, region: 'us-east-1' };
    assert.deepEqual(readSource({ ...options, endpoint, region: 'us-east-1' }, { AWS_REGION: 'us-west-2' }), made);
    assert.deepEqual(readSource({ ...options, endpoint }, { AWS_DEFAULT_REGION: 'us-east-1' }), made);
  });

  test('is looked for in the region of its ARN', () => {
    const stage = { kind: 'stage', arn, endpoint, region: 'eu-west-1' };
    assert.deepEqual(readSource({ ...options, endpoint, stageArn: arn }, { AWS_REGION: 'us-west-2' }), stage);
  });

  test('is on the server that the environment names, where the command line names none', () => {
    const environment = { AWS_ENDPOINT_URL: 'http://127.0.0.1:7080', AWS_REGION: 'us-west-2' };
    assert.deepEqual(readSource(options, environment), { kind: 'made', endpoint, region: 'us-west-2' });
  });

  test('is that of the tokens, where there are any', () => {
    const environment = { AWS_ENDPOINT_URL: 'http://127.0.0.1:7080' };
    assert.deepEqual(readSource({ ...options, token: ['a'] }, environment), { kind: 'tokens' });
    assert.deepEqual(readSource({ ...options, tokensFrom: '-' }, {}), { kind: 'tokens' });
  });

  for (const [what, wrong, environment, complaint] of [
    ['no address', {}, { AWS_REGION: 'us-west-2' }, /--endpoint/],
    ['an address of the environment that is none', {}, { AWS_ENDPOINT_URL: 'here' }, /AWS_ENDPOINT_URL is no URL/],
    ['no region', { endpoint }, {}, /--region/],
    ['both tokens and a stage', { token: ['a'], stageArn: arn }, {}, /leave out --stage-arn/],
  ] as const) {
    test(`needs to be told: ${what} is wrong usage`, () => {
      const read = () => readSource({ ...options, ...(wrong as Partial<CommandOptions>) }, environment);
      assert.throws(read, (error: Error) => error.name === 'WrongUsage' && complaint.test(error.message));
    });
  }
});

describe('the subscribers of a load test', () => {
  test('are four, or as many as are wished for', () => {
    assert.equal(countSubscribers(options, undefined), 4);
    assert.equal(countSubscribers({ ...options, subscribers: 0 }, undefined), 0);
  });

  test('are all whose tokens are left', () => {
    assert.equal(countSubscribers(options, ['a', 'b', 'c', 'd', 'e']), 3);
    assert.equal(countSubscribers({ ...options, subscribers: 1 }, ['a', 'b', 'c', 'd', 'e']), 1);
  });

  test('need a token each', () => {
    const count = () => countSubscribers({ ...options, subscribers: 4 }, ['a', 'b', 'c']);
    assert.throws(count, /2 publishers and 4 subscribers need 6 tokens, and there are 3/);
    assert.throws(() => countSubscribers(options, ['a']), /need 2 tokens, and there are 1/);
  });

  test('are no more than one process can measure', () => {
    const many = { ...options, publishers: 10, subscribers: 400 };
    assert.throws(() => countSubscribers(many, undefined), /4010 connections are more than one process can measure/);
    assert.equal(countSubscribers({ ...many, subscribeBy: 'socket' }, undefined), 400);
    assert.equal(neededDescriptors(10, 400, 'socket'), 10 + 800 + 100);
    assert.equal(neededDescriptors(10, 20, 'post'), 10 + 200 + 100);
  });
});

describe('a value of the command line', () => {
  test('is read with its unit', () => {
    assert.deepEqual(['30', '45s', '5m', '1.5h'].map(duration), [30, 45, 300, 5_400]);
    assert.deepEqual(resolution('640x360'), { width: 640, height: 360 });
    assert.equal(number(0.1, 500)('0.5'), 0.5);
    assert.equal(wholeNumber(1, 200)('200'), 200);
    assert.equal(url('https://stage.example').host, 'stage.example');
  });

  for (const [what, read, texts] of [
    ['a time', duration, ['0', '25h', '5 m', 'm', '-1', '1d', '']],
    ['a resolution', resolution, ['640', '641x360', '1920x1080', '8x8', '0x360', '640*360']],
    ['a number', number(0, 100), ['101', '-1', '1e1', '', 'NaN', ' 1']],
    ['a whole number', wholeNumber(1, 200), ['0', '201', '1.5', '']],
    ['a URL', url, ['127.0.0.1:7080', 'ftp://host', '']],
  ] as const) {
    test(`that is not ${what} is refused`, () => {
      for (const text of texts) assert.throws(() => read(text), { code: 'commander.invalidArgument' }, `“${text}”`);
    });
  }
});

test('lower layers are a quarter and half of the size, in even numbers', () => {
  const video = { width: 1_280, height: 720, bitrateBps: 2_000_000, framesPerSecond: 30 };
  assert.deepEqual(lowerLayers(video), [
    { width: 320, height: 180, bitrateBps: 200_000, framesPerSecond: 30 },
    { width: 640, height: 360, bitrateBps: 600_000, framesPerSecond: 30 },
  ]);
  for (const { width, height } of lowerLayers({ ...video, width: 426, height: 238 })) {
    assert.deepEqual([width % 2, height % 2], [0, 0]);
  }
});

test('limits are those that were set', () => {
  assert.deepEqual(readThresholds(options), [{ name: 'max-failures', limit: 0 }]);
  assert.deepEqual(
    readThresholds({ ...options, maxFailures: 3, maxLoss: 0, minBitrate: 400_000 }).map(({ name, limit }) => [
      name,
      limit,
    ]),
    [
      ['max-failures', 3],
      ['max-loss', 0],
      ['min-bitrate', 400_000],
    ],
  );
});

test('tokens of a file stand on lines of their own', () => {
  assert.deepEqual(readTokenLines('# for Friday\none\n\n  two \r\nthree'), ['one', 'two', 'three']);
});
