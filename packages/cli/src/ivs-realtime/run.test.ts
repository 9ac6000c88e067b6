import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commandNamesOf } from './options/commands.ts';
import { runCommand, startScriptedService } from './scripted-service.fixture.ts';

const stageArn = 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh';

describe('A command', () => {
  test('sends what its options say, signed', async (t) => {
    const { endpoint, received } = await startScriptedService(t, [{ body: '{"stage":{"arn":"a"}}' }]);
    const run = await runCommand(
      ['create-stage', '--name', 'é', '--cli-input-json', '{"name":"other","tags":{"2":"b","1":"a"}}'],
      { AWS_ENDPOINT_URL: `${endpoint}/` },
    );
    assert.deepEqual(run, { exitCode: 0, output: '{\n    "stage": {\n        "arn": "a"\n    }\n}\n', error: '' });
    const [request] = received;
    assert.equal(`${request?.method} ${request?.url}`, 'POST /CreateStage');
    assert.equal(request?.body, '{"name": "\\u00e9", "tags": {"2": "b", "1": "a"}}');
    assert.match(
      request?.headers.authorization ?? '',
      /^AWS4-HMAC-SHA256 Credential=PRSCEXAMPLEEXAMPLEEX\/\d{8}\/us-west-2\/ivs\/aws4_request, SignedHeaders=content-type;host;user-agent;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
  });

  test('puts members into the path and the query where they belong there', async (t) => {
    const { endpoint, received } = await startScriptedService(t, [{ body: '{}' }]);
    const options = ['--resource-arn', stageArn, '--endpoint-url', endpoint];
    await runCommand(['untag-resource', '--tag-keys', 'a b', "c'", ...options]);
    await runCommand(['tag-resource', '--tags', 'k=v', ...options]);
    const path = '/tags/arn%3Aaws%3Aivs%3Aus-west-2%3A123456789012%3Astage%2FabcdABCDefgh';
    assert.deepEqual(
      received.map(({ method, url, body }) => [method, url, body]),
      [
        ['DELETE', `${path}?tagKeys=a%20b&tagKeys=c%27`, ''],
        ['POST', path, '{"tags": {"k": "v"}}'],
      ],
    );
  });

  test('sends no signature when it is told so', async (t) => {
    const { endpoint, received } = await startScriptedService(t, [{}]);
    const run = await runCommand(['list-stages', '--no-sign-request', '--endpoint-url', endpoint], {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_REGION: undefined,
    });
    assert.equal(run.exitCode, 0);
    assert.equal(received[0]?.headers.authorization, undefined);
  });

  test('makes a token of its own for what must not be done twice, the same for each attempt', async (t) => {
    const { endpoint, received } = await startScriptedService(t, [{ status: 503 }, { body: '{}' }]);
    await runCommand(['start-composition', '--stage-arn', stageArn, '--destinations', 'name=x'], {
      AWS_ENDPOINT_URL: endpoint,
    });
    const tokens = received.map(({ body }) => JSON.parse(body).idempotencyToken);
    assert.match(tokens[0], /^[0-9a-f-]{36}$/);
    assert.deepEqual(tokens, [tokens[0], tokens[0]]);
  });

  test('shows the members that the model has, in its order, with times in UTC', async (t) => {
    const stageSession = { startTime: '2026-11-01T06:25:37.602Z', unknown: 1, sessionId: 'st-1', endTime: null };
    const { endpoint } = await startScriptedService(t, [{ body: JSON.stringify({ stageSession, more: 2 }) }]);
    const words = ['get-stage-session', '--stage-arn', stageArn, '--session-id', 'st-9z8y7x6w5v4u3'];
    const { output } = await runCommand([...words, '--endpoint-url', endpoint]);
    assert.equal(
      output,
      '{\n    "stageSession": {\n        "sessionId": "st-1",\n        "startTime": "2026-11-01T06:25:37.602000+00:00"\n    }\n}\n',
    );
  });

  test('prints nothing where there is nothing, but what a query makes of it', async (t) => {
    const { endpoint } = await startScriptedService(t, [{ body: '{}' }]);
    const words = ['delete-stage', '--arn', stageArn, '--endpoint-url', endpoint];
    for (const format of ['json', 'text', 'table', 'yaml', 'yaml-stream']) {
      assert.equal((await runCommand([...words, '--output', format])).output, '', format);
    }
    assert.equal((await runCommand([...words, '--query', 'a'])).output, 'null\n');
    assert.equal((await runCommand([...words, '--query', 'a', '--output', 'text'])).output, 'None\n');
  });

  test('tells of its calls without secrets, with --debug', async (t) => {
    const participantToken = { participantId: 'p', token: 'eyJhbGci' };
    const { endpoint } = await startScriptedService(t, [{ body: JSON.stringify({ participantToken }) }]);
    const words = ['create-participant-token', '--stage-arn', stageArn, '--debug', '--endpoint-url', endpoint];
    const { error, output } = await runCommand(words, { AWS_SESSION_TOKEN: 'session-secret' });
    assert.match(error, /POST http.*\/CreateParticipantToken/);
    assert.match(error, /"stageArn":"arn:aws/);
    assert.doesNotMatch(error, /eyJhbGci|session-secret|Signature=/);
    assert.match(output, /eyJhbGci/);
  });
});

describe('Exit codes are those of AWS CLI 2', () => {
  const command = ['get-stage', '--arn', stageArn];

  test('254 for an error of the service, with its members', async (t) => {
    const body = JSON.stringify({ message: 'Stage not found', exceptionMessage: 'Stage not found' });
    const headers = { 'x-amzn-errortype': 'ResourceNotFoundException:http://x' };
    const { endpoint } = await startScriptedService(t, [{ status: 404, headers, body }]);
    const run = await runCommand(command, { AWS_ENDPOINT_URL: endpoint });
    assert.deepEqual(run, {
      exitCode: 254,
      output: '',
      error:
        '\nproscenium: [ERROR]: An error occurred (ResourceNotFoundException) when calling the GetStage operation: Stage not found\n' +
        '\nAdditional error details:\nxAmznErrorType: ResourceNotFoundException:http://x\nexceptionMessage: Stage not found\n',
    });
    const legacy = await runCommand(command, { AWS_ENDPOINT_URL: endpoint, AWS_CLI_ERROR_FORMAT: 'legacy' });
    assert.equal(legacy.error.split('\n').length, 3);
    const json = await runCommand([...command, '--cli-error-format', 'json'], { AWS_ENDPOINT_URL: endpoint });
    assert.deepEqual(JSON.parse(json.error), {
      Message: 'Stage not found',
      Code: 'ResourceNotFoundException',
      xAmznErrorType: 'ResourceNotFoundException:http://x',
      exceptionMessage: 'Stage not found',
    });
  });

  test('254 after the last attempt, too', async (t) => {
    const throttled = { status: 400, body: '{"__type":"com.amazon#ThrottlingException","message":"Rate exceeded"}' };
    const { endpoint, received } = await startScriptedService(t, [throttled]);
    const run = await runCommand(command, { AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: '2' });
    assert.equal(run.exitCode, 254);
    assert.match(
      run.error,
      /An error occurred \(ThrottlingException\) when calling the GetStage operation \(reached max retries: 1\): Rate exceeded/,
    );
    assert.equal(received.length, 2);
  });

  test('254 with the status where the answer has no name for it', async (t) => {
    const { endpoint } = await startScriptedService(t, [{ status: 502, body: '<html>Bad</html>' }]);
    const run = await runCommand(command, { AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: '1' });
    assert.match(run.error, /An error occurred \(502\) when calling the GetStage operation: Bad Gateway/);
  });

  test('255 when nobody answers', async () => {
    const run = await runCommand([...command, '--endpoint-url', 'http://127.0.0.1:9'], { AWS_MAX_ATTEMPTS: '1' });
    assert.deepEqual(run, {
      exitCode: 255,
      output: '',
      error: '\nproscenium: [ERROR]: Could not connect to the endpoint URL: "http://127.0.0.1:9/GetStage"\n',
    });
  });

  test('255 when the answer does not come in time, or is broken off', async (t) => {
    const { endpoint } = await startScriptedService(t, [() => {}, (request) => request.socket.destroy()]);
    const options = [...command, '--cli-read-timeout', '1', '--endpoint-url', endpoint];
    const once = { AWS_MAX_ATTEMPTS: '1' };
    const late = await runCommand(options, once);
    assert.match(late.error, /Read timeout on endpoint URL: "http.*\/GetStage"/);
    const broken = await runCommand(options, once);
    assert.match(broken.error, /Connection was closed before we received a valid response from endpoint URL/);
    assert.deepEqual([late.exitCode, broken.exitCode], [255, 255]);
  });

  test('253 without credentials or region', async () => {
    const noKey = await runCommand(command, { AWS_ACCESS_KEY_ID: undefined });
    assert.match(noKey.error, /An error occurred \(NoCredentials\): Unable to locate credentials/);
    const noRegion = await runCommand(command, { AWS_REGION: undefined });
    assert.match(noRegion.error, /An error occurred \(NoRegion\): You must specify a region/);
    assert.deepEqual([noKey.exitCode, noRegion.exitCode], [253, 253]);
  });

  for (const [words, message] of [
    [['get-stage'], /the following arguments are required: --arn\n$/],
    [
      ['get-stag'],
      /argument operation: Invalid choice, valid choices are:[\s\S]*maybe you meant:\n\n {2}\* get-stage\n$/,
    ],
    [[], /the following arguments are required: operation\n$/],
    [['get-stage', '--arn', 'x', '--bogus', '1'], /\nproscenium: \[ERROR\]: Unknown options: --bogus, 1\n$/],
    [['get-stage', '--arn', 'x', '--output', 'xml'], /argument --output: Invalid choice/],
    [['list-stages', '--query', 'a['], /Bad value for --query a\[: Invalid jmespath expression: Incomplete expression/],
    [
      ['list-stages', '--max-results', '0'],
      /Parameter validation failed:\nInvalid value for parameter maxResults, value: 0, valid min value: 1/,
    ],
    [['list-stages', '--endpoint-url', 'localhost'], /Bad value for --endpoint-url "localhost": scheme is missing/],
    [
      ['list-stages', '--cli-input-json', '[]'],
      /Error parsing parameter '--cli-input-json': Invalid type: expecting map, received <class 'list'>/,
    ],
    [
      ['list-stages', '--cli-input-json', '{}', '--cli-input-yaml', '{}'],
      /Only one --cli-input- parameter may be specified\./,
    ],
    [
      ['list-tags-for-resource', '--resource-arn', ''],
      /Invalid length for parameter resourceArn, value: 0, valid min length: 1/,
    ],
  ] as const) {
    test(`252 for ${['ivs-realtime', ...words].join(' ')}`, async () => {
      const run = await runCommand(words);
      assert.match(run.error, message);
      assert.deepEqual([run.exitCode, run.output], [252, '']);
    });
  }
});

describe('A whole request', () => {
  test('may come as YAML, from a file or as it is', async (t) => {
    const { endpoint, received } = await startScriptedService(t, [{}]);
    const yaml = 'name: show\nvideo:\n  framerate: 30.0\n  width: 1280\ntags: {a: "1"}\n';
    await runCommand(['create-encoder-configuration', '--cli-input-yaml', yaml, '--endpoint-url', endpoint]);
    assert.equal(
      received[0]?.body,
      '{"name": "show", "video": {"framerate": 30.0, "width": 1280}, "tags": {"a": "1"}}',
    );
    const wrong = await runCommand(['create-stage', '--cli-input-yaml', 'a: [']);
    assert.match(wrong.error, /Error parsing parameter 'cli-input-yaml': Invalid YAML received/);
  });

  test('has a skeleton for every command, which reads back as a request', async () => {
    for (const command of commandNamesOf('ivs-realtime')) {
      const json = await runCommand([command, '--generate-cli-skeleton']);
      assert.equal(json.exitCode, 0, command);
      const yaml = await runCommand([command, '--generate-cli-skeleton', 'yaml-input']);
      const reread = await runCommand([command, '--cli-input-yaml', yaml.output, '--generate-cli-skeleton', 'input']);
      assert.deepEqual([reread.exitCode, reread.output], [0, json.output], command);
    }
  });

  test('is checked before the skeleton of an answer is shown', async () => {
    const missing = await runCommand(['list-participants', '--generate-cli-skeleton', 'output']);
    assert.equal(missing.exitCode, 252);
    const words = ['get-stage', '--arn', stageArn, '--generate-cli-skeleton', 'output', '--query', 'stage.endpoints'];
    const shown = await runCommand(words);
    assert.deepEqual(JSON.parse(shown.output), { events: 'events', whip: 'whip', rtmp: 'rtmp', rtmps: 'rtmps' });
  });
});

describe('The other API', () => {
  test('is called by its own name, at an address of its own', async (t) => {
    const answer = { body: '{"channels": [{"name": "show"}]}' };
    const { endpoint, received } = await startScriptedService(t, [answer]);
    const environment = { AWS_ENDPOINT_URL_IVS: endpoint, AWS_ENDPOINT_URL_IVS_REALTIME: 'http://127.0.0.1:1' };
    const { exitCode, output } = await runCommand(['list-channels', '--query', 'channels[0].name'], environment, 'ivs');
    assert.deepEqual([exitCode, output, received[0]?.url], [0, '"show"\n', '/ListChannels']);
    const wrong = await runCommand(['create-stage'], environment, 'ivs');
    assert.match(wrong.error, /usage: proscenium ivs \[options\].*create-channel/s);
  });
});
