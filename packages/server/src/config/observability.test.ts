import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveCloudWatch, resolveTracing } from './observability.ts';

const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a-long-random-text' };
const settings = { namespace: 'AWS/IVSRealTime', intervalSeconds: 60, ...keys };
const where = { region: 'us-west-2', environment: {} };

test('without an endpoint metrics are put nowhere', () => {
  assert.equal(resolveCloudWatch(settings, where), undefined);
});

test('metrics are put with the key of the settings into the region of the server', () => {
  const endpoint = 'http://127.0.0.1:4566';
  assert.deepEqual(resolveCloudWatch({ ...settings, endpoint }, where), {
    endpoint,
    region: 'us-west-2',
    namespace: 'AWS/IVSRealTime',
    intervalSeconds: 60,
    credentials: keys,
  });
  assert.equal(resolveCloudWatch({ ...settings, endpoint, region: 'eu-west-1' }, where)?.region, 'eu-west-1');
});

test("Amazon's own CloudWatch is not asked for a namespace that it refuses", () => {
  const endpoint = 'https://monitoring.us-west-2.amazonaws.com';
  assert.throws(() => resolveCloudWatch({ ...settings, endpoint }, where), /metrics\.cloudWatch\.namespace: .*AWS\//);
  assert.equal(resolveCloudWatch({ ...settings, endpoint, namespace: 'Stages' }, where)?.namespace, 'Stages');
});

test('a key that is missing is named, its other half is not told', () => {
  const { secretAccessKey, ...half } = settings;
  const order = { ...half, endpoint: 'http://127.0.0.1:4566' };
  assert.throws(
    () => resolveCloudWatch(order, where),
    (error: Error) => {
      assert.match(error.message, /metrics\.cloudWatch\.secretAccessKey: is missing/);
      return !error.message.includes(keys.accessKeyId);
    },
  );
});

test('traces go to the endpoint of the settings before those of the environment', () => {
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20secret, x-tenant = me ,broken',
    OTEL_SERVICE_NAME: 'stages',
  };
  const others = { headers: { 'api-key': 'a secret', 'x-tenant': 'me' }, serviceName: 'stages' };
  assert.deepEqual(resolveTracing({}, environment), { url: 'http://127.0.0.1:4318/v1/traces', ...others });
  assert.deepEqual(resolveTracing({ endpoint: 'http://127.0.0.1:1' }, environment), {
    url: 'http://127.0.0.1:1/v1/traces',
    ...others,
  });
});

test('an endpoint for traces alone is taken as it is', () => {
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4319/otlp/traces',
  };
  assert.equal(resolveTracing({}, environment)?.url, 'http://127.0.0.1:4319/otlp/traces');
});

test('without an endpoint, or where OpenTelemetry is switched off, there are no traces', () => {
  assert.equal(resolveTracing({}, {}), undefined);
  const environment = { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  assert.equal(resolveTracing({}, environment), undefined);
});

test('an endpoint that is none is refused by its name', () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' };
  assert.throws(() => resolveTracing({}, environment), /OTEL_EXPORTER_OTLP_ENDPOINT: must be a web address/);
});
