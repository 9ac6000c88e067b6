import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Announced, jsonAnnouncement, textAnnouncement } from './announcement.ts';

const server: Announced = {
  endpoint: 'http://127.0.0.1:7080',
  account: '123456789012',
  region: 'us-west-2',
  consoleUrl: 'http://127.0.0.1:7080/console',
  consoleLink: 'http://127.0.0.1:7080/console#link=once',
  media: { announcedAddresses: ['127.0.0.1'], ports: [{ protocol: 'udp', port: 7081 }] },
  ingest: { rtmp: 'rtmp://127.0.0.1:1935/app/', rtmps: 'rtmps://127.0.0.1:1936/app/' },
  credentialsFile: "/srv/bob's data/credentials",
};

test('programs read one line of JSON', () => {
  const line = jsonAnnouncement(server);
  assert.equal(line.indexOf('\n'), line.length - 1);
  assert.deepEqual(JSON.parse(line), {
    ready: true,
    endpoint: 'http://127.0.0.1:7080',
    account: '123456789012',
    region: 'us-west-2',
    media: { announcedAddresses: ['127.0.0.1'], ports: [{ protocol: 'udp', port: 7081 }] },
    ingest: { rtmp: 'rtmp://127.0.0.1:1935/app/', rtmps: 'rtmps://127.0.0.1:1936/app/' },
    console: 'http://127.0.0.1:7080/console',
    consoleLink: 'http://127.0.0.1:7080/console#link=once',
    credentialsFile: "/srv/bob's data/credentials",
  });
});

test('people read where things are, with commands to paste and the address last', () => {
  const lines = textAnnouncement(server).trimEnd().split('\n');
  assert.equal(lines.at(-1), 'Ready at http://127.0.0.1:7080');
  assert.ok(
    lines.includes(
      "  export AWS_SHARED_CREDENTIALS_FILE='/srv/bob'\\''s data/credentials' AWS_REGION=us-west-2 AWS_DEFAULT_REGION=us-west-2",
    ),
  );
  assert.ok(lines.some((line) => line.endsWith('http://127.0.0.1:7080/try')));
  assert.ok(lines.some((line) => line.endsWith(' http://127.0.0.1:7080/console#link=once')));
});

test('people with configured access keys are not sent to a file', () => {
  const text = textAnnouncement({ ...server, credentialsFile: undefined });
  assert.match(text, /with one of the configured access keys/);
  assert.doesNotMatch(text, /AWS_SHARED_CREDENTIALS_FILE/);
});

test('people read where encoders publish, where they can', () => {
  const lines = (ingest: Announced['ingest']) => textAnnouncement({ ...server, ingest }).split('\n');
  assert.ok(
    lines(server.ingest).includes('Encoders publish to rtmps://127.0.0.1:1936/app/ or rtmp://127.0.0.1:1935/app/'),
  );
  assert.ok(!lines({}).some((line) => line.includes('Encoders')));
});
