import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Config, type ConfigSources, loadConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'proscenium-config-'));
});
after(() => rmSync(folder, { recursive: true }));

function load({ yaml, ...sources }: Partial<ConfigSources> & { yaml?: string }): Config {
  const file = yaml === undefined ? undefined : path.join(folder, 'config.yaml');
  if (file !== undefined) writeFileSync(file, yaml ?? '');
  return loadConfig({ file, environment: {}, flags: {}, ...sources });
}

function refusal(sources: Parameters<typeof load>[0]): string {
  try {
    load(sources);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.replaceAll(`${folder}/`, '');
  }
  assert.fail('it was accepted');
}

describe('loadConfig', () => {
  test('has a default for everything', () => {
    const config = load({});
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 7080 });
    assert.equal(config.data, path.resolve('data'));
    assert.equal(config.account, '123456789012');
    assert.equal(config.region, 'us-west-2');
    assert.equal(config.regions.length, 7);
    assert.deepEqual(config.accessKeys, []);
    assert.equal(config.media.listenAddress, '127.0.0.1');
    assert.equal(config.media.workers, os.availableParallelism());
    assert.equal(config.quotas.stages, 1_000);
    assert.equal(config.throttles.ratesPerSecond.CreateParticipantToken, 50);
    assert.equal(config.limits.bodyBytes, 1_048_576);
  });

  test('takes a variable of the environment from the file that it names', () => {
    const file = (name: string, text: string) => {
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    const environment = {
      PROSCENIUM_ACCESS_KEY_ID: 'PRSCENVIRONMENT00001',
      PROSCENIUM_SECRET_ACCESS_KEY_FILE: file('key', 'one\n'),
      PROSCENIUM_TURN_URLS: 'turn:192.0.2.1',
      PROSCENIUM_TURN_SECRET_FILE: file('turn', 'shared'),
      // An option of its own, whose name ends like that.
      PROSCENIUM_AUDIT_FILE: '/var/log/audit',
      PROSCENIUM_REGION_FILE: '',
    };
    const { accessKeys, turn, audit, region } = load({ environment });
    assert.equal(accessKeys[0]?.secretAccessKey, 'one');
    assert.equal(turn?.secret, 'shared');
    assert.equal(audit.file, '/var/log/audit');
    assert.equal(region, 'us-west-2');
  });

  test('takes a flag over the environment, the environment over the file, the file over the default', () => {
    const yaml = 'listen: 127.0.0.1:1\ndata: /file\nregion: eu-west-1\nmedia: { port: 10, workers: 3 }';
    const environment = {
      PROSCENIUM_LISTEN: '127.0.0.1:2',
      PROSCENIUM_DATA: '/environment',
      PROSCENIUM_MEDIA_PORT: '20',
    };
    const config = load({ yaml, environment, flags: { listen: '127.0.0.1:3', data: undefined } });
    assert.equal(config.listen.port, 3);
    assert.equal(config.data, '/environment');
    assert.equal(config.media.port, 20);
    assert.equal(config.media.workers, 3);
    assert.equal(config.region, 'eu-west-1');
    assert.equal(config.account, '123456789012');
  });

  test('replaces a list as a whole', () => {
    const environment = { PROSCENIUM_MEDIA_ANNOUNCED_ADDRESSES: '192.0.2.1, 192.0.2.2,' };
    const config = load({ yaml: 'media: { announcedAddresses: [192.0.2.9] }', environment });
    assert.deepEqual(config.media.announcedAddresses, ['192.0.2.1', '192.0.2.2']);
  });

  test('accepts an empty file, an empty group, null and an empty variable as not set', () => {
    const config = load({ yaml: 'data: null\nmedia:\n', environment: { PROSCENIUM_REGION: '' } });
    assert.deepEqual(config, load({ yaml: '' }));
  });

  test('frees every port when the server is to listen on port 0', () => {
    assert.equal(load({ yaml: 'media: { port: 4000 }', flags: { listen: '127.0.0.1:0' } }).media.port, 0);
  });

  test('accepts its own region beside the listed ones', () => {
    const config = load({ yaml: 'region: xx-home-1\nregions: [eu-west-1]' });
    assert.deepEqual(config.regions, ['xx-home-1', 'eu-west-1']);
  });

  test('accepts the host names of where it listens, of the public address and those that are set', () => {
    const yaml = 'publicUrl: https://stages.example.com:8443/\nhostNames: [other.example.com]';
    const config = load({ yaml, flags: { listen: '[::1]:7080' } });
    assert.equal(config.listen.host, '::1');
    assert.equal(config.publicUrl, 'https://stages.example.com:8443');
    assert.deepEqual(config.hostNames, ['localhost', 'stages.example.com', 'other.example.com']);
  });

  test('wants a secret for relays', () => {
    assert.equal(load({}).turn, undefined);
    assert.match(refusal({ yaml: 'turn: { urls: [turn:192.0.2.1] }' }), /^turn\.secret: is missing/);
    assert.match(
      refusal({ yaml: 'turn: { urls: [stun:192.0.2.1], secret: s }' }),
      /turn\.urls\[0\]: must be an address such/,
    );
    const urls = ['turn:192.0.2.1?transport=tcp', 'turns:[2001:db8::1]:443', 'turn:turn.example.com'];
    assert.deepEqual(load({ yaml: JSON.stringify({ turn: { urls, secret: 's' } }) }).turn, {
      urls,
      secret: 's',
      ttlSeconds: 86_400,
    });
  });

  test('gives an access key the account and the name of a user', () => {
    const environment = { PROSCENIUM_ACCESS_KEY_ID: 'PRSCENVIRONMENT00001', PROSCENIUM_SECRET_ACCESS_KEY: 'one' };
    const yaml =
      'accessKeys: [{ accessKeyId: PRSCFILE, secretAccessKey: two, account: "111122223333", userName: ann }]';
    assert.deepEqual(load({ yaml, environment }).accessKeys, [
      { accessKeyId: 'PRSCENVIRONMENT00001', secretAccessKey: 'one', account: '123456789012', userName: 'admin' },
      { accessKeyId: 'PRSCFILE', secretAccessKey: 'two', account: '111122223333', userName: 'ann' },
    ]);
  });

  test('has the state of the accounts that are listed, active unless it says otherwise', () => {
    const yaml = 'accounts: [{ id: "111122223333", state: PENDING_VERIFICATION }, { id: "444455556666" }]';
    assert.deepEqual(load({ yaml }).accounts, [
      { id: '111122223333', state: 'PENDING_VERIFICATION' },
      { id: '444455556666', state: 'ACTIVE' },
    ]);
  });

  test('listens for media on loopback when it listens on localhost', () => {
    assert.equal(load({ flags: { listen: 'localhost:7080' } }).media.listenAddress, '127.0.0.1');
    assert.match(
      refusal({ flags: { listen: 'stages.example.com:7080' } }),
      /^media\.listenAddress: must be an IP address/,
    );
  });

  test('finds the files of its certificate from where it was started', () => {
    assert.equal(load({}).tls, undefined);
    const files = { certFile: path.resolve('own.crt'), keyFile: '/keys/own.key' };
    assert.deepEqual(load({ yaml: 'tls: { certFile: own.crt, keyFile: /keys/own.key }' }).tls, files);
  });

  test('lifts a quota that is unlimited', () => {
    const { quotas } = load({
      yaml: 'quotas: { publishersPerStage: unlimited, publishPixels: 2073600 }',
      environment: { PROSCENIUM_QUOTAS_PARTICIPANT_DURATION_HOURS: 'unlimited', PROSCENIUM_QUOTAS_SUBSCRIPTIONS: '7' },
    });
    assert.equal(quotas.publishersPerStage, Infinity);
    assert.equal(quotas.publishPixels, 2_073_600);
    assert.equal(quotas.participantDurationHours, Infinity);
    assert.equal(quotas.subscriptions, 7);
    assert.equal(quotas.subscribersPerStage, 10_000);
  });

  test('takes the worker that is named', () => {
    const environment = { PROSCENIUM_MEDIASOUP_WORKER: '/opt/worker' };
    assert.equal(load({ yaml: 'media: { workerPath: /file/worker }', environment }).media.workerPath, '/opt/worker');
  });
});

test('encoders are waited for on two ports, each of which can be left out or be a free one', () => {
  const ports = (sources: Parameters<typeof load>[0]) => Object.values(load(sources).ingest);
  assert.deepEqual(ports({}), [1935, 1936]);
  assert.deepEqual(ports({ yaml: 'ingest: { rtmpPort: off, rtmpsPort: 443 }' }), [undefined, 443]);
  const environment = { PROSCENIUM_INGEST_RTMP_PORT: '0', PROSCENIUM_INGEST_RTMPS_PORT: 'off' };
  assert.deepEqual(ports({ environment }), [0, undefined]);
  assert.deepEqual(ports({ flags: { listen: '127.0.0.1:0' } }), [0, 0]);
  assert.deepEqual(ports({ yaml: 'media: { workers: 0 }' }), [undefined, undefined]);
  const expected = 'must be a port from 0 to 65535, or off';
  assert.equal(refusal({ yaml: 'ingest: { rtmpPort: none }' }), `config.yaml: ingest.rtmpPort: ${expected}`);
  assert.equal(refusal({ yaml: 'ingest: { rtmpPort: 65536 }' }), 'config.yaml: ingest.rtmpPort: must be <= 65535');
});

describe('loadConfig names what is wrong and where', () => {
  test('unknown options and wrong types in the file', () => {
    const yaml = [
      'lissten: 127.0.0.1:1',
      'account: 123456789012',
      'media: { port: 1.5, workers: -1, announcedAddresses: 192.0.2.1 }',
      'quotas: 7',
    ].join('\n');
    assert.deepEqual(refusal({ yaml }).split('\n').sort(), [
      'config.yaml: account: must be text (a number needs quotes around it)',
      'config.yaml: lissten: there is no such option',
      'config.yaml: media.announcedAddresses: must be a list',
      'config.yaml: media.port: must be a whole number',
      'config.yaml: media.workers: must be >= 0',
      'config.yaml: quotas: must be a group of options',
    ]);
  });

  test('unknown options and wrong types further down in the file', () => {
    const yaml = [
      'throttles: { enabled: yes, ratesPerSecond: { CreateStag: 5, GetStage: 0 } }',
      'accounts: [{ id: 111122223333, state: pending }]',
      'accessKeys: [{ accessKeyId: PRSCFILE, account: short }]',
    ].join('\n');
    assert.deepEqual(refusal({ yaml }).split('\n').sort(), [
      'config.yaml: accessKeys[0].account: must be an account id of twelve digits, in quotes',
      'config.yaml: accessKeys[0].secretAccessKey: is missing',
      'config.yaml: accounts[0].id: must be text (a number needs quotes around it)',
      'config.yaml: accounts[0].state: must be ACTIVE or PENDING_VERIFICATION',
      'config.yaml: throttles.enabled: must be true or false',
      'config.yaml: throttles.ratesPerSecond.CreateStag: there is no such option',
      'config.yaml: throttles.ratesPerSecond.GetStage: must be > 0',
    ]);
  });

  test('a quota that is neither a number nor unlimited', () => {
    assert.deepEqual(
      refusal({ yaml: 'quotas: { stages: many, publishPixels: 0, publishers: 1.5 }' }).split('\n').sort(),
      [
        'config.yaml: quotas.publishPixels: must be >= 1',
        'config.yaml: quotas.publishers: must be a whole number >= 0, or unlimited',
        'config.yaml: quotas.stages: must be a whole number >= 0, or unlimited',
      ],
    );
    assert.equal(
      refusal({ environment: { PROSCENIUM_QUOTAS_STAGES: 'endless' } }),
      'PROSCENIUM_QUOTAS_STAGES: must be a whole number >= 0, or unlimited',
    );
  });

  test('a file of the environment that is not there, and a variable beside one', () => {
    assert.match(
      refusal({ environment: { PROSCENIUM_TURN_SECRET_FILE: '/nowhere/secret' } }),
      /^PROSCENIUM_TURN_SECRET_FILE: the file cannot be read: ENOENT/,
    );
    assert.equal(
      refusal({ environment: { PROSCENIUM_TURN_SECRET_FILE: '/nowhere/secret', PROSCENIUM_TURN_SECRET: 'text' } }),
      'Set PROSCENIUM_TURN_SECRET or PROSCENIUM_TURN_SECRET_FILE, not both of them',
    );
  });

  test('a variable of the environment', () => {
    assert.equal(refusal({ environment: { PROSCENIUM_LISTEN: '7080' } }), 'PROSCENIUM_LISTEN: must be HOST:PORT');
    assert.equal(
      refusal({ environment: { PROSCENIUM_MEDIA_PORT: 'x' } }),
      'PROSCENIUM_MEDIA_PORT: must be a whole number',
    );
    assert.equal(
      refusal({ environment: { PROSCENIUM_REGIONS: 'us-west-2,moon' } }),
      'PROSCENIUM_REGIONS: must be a region such as us-west-2',
    );
  });

  test('a flag', () => {
    assert.equal(refusal({ flags: { listen: 'localhost' } }), '--listen: must be HOST:PORT');
    assert.equal(refusal({ flags: { listen: '127.0.0.1:70000' } }), 'listen: there is no port 70000');
    assert.equal(refusal({ flags: { data: '' } }), '--data: must not be empty');
  });

  test('a certificate without its key, and a key without its certificate', () => {
    const message = 'tls: set both certFile and keyFile, or neither of them';
    assert.equal(refusal({ yaml: 'tls: { certFile: own.crt }' }), message);
    assert.equal(refusal({ environment: { PROSCENIUM_TLS_KEY_FILE: 'own.key' } }), message);
  });

  test('a name among the addresses for media, of which browsers make nothing', () => {
    assert.equal(
      refusal({ environment: { PROSCENIUM_MEDIA_ANNOUNCED_ADDRESSES: '192.0.2.1,media.example.com' } }),
      'media.announcedAddresses: media.example.com is no IP address, and browsers do not look names up for media',
    );
    const { media } = load({ yaml: 'media: { announcedAddresses: ["2001:db8::1", 192.0.2.1] }' });
    assert.deepEqual(media.announcedAddresses, ['2001:db8::1', '192.0.2.1']);
  });

  test('half an access key in the environment', () => {
    const message = 'Set both PROSCENIUM_ACCESS_KEY_ID and PROSCENIUM_SECRET_ACCESS_KEY, or neither of them';
    assert.equal(refusal({ environment: { PROSCENIUM_ACCESS_KEY_ID: 'PRSCENVIRONMENT00001' } }), message);
    assert.equal(refusal({ environment: { PROSCENIUM_SECRET_ACCESS_KEY: 'hidden' } }), message);
  });

  test('a file that is not there, is no YAML, or is no group of options', () => {
    assert.match(refusal({ file: '/nowhere/config.yaml' }), /^The configuration file cannot be read: ENOENT/);
    assert.match(refusal({ yaml: 'data: /a\ndata: /b' }), /^config\.yaml:2: Map keys must be unique/);
    assert.equal(refusal({ yaml: '- data' }), 'config.yaml: must be a group of options');
  });

  test('test control on a server that others can reach', () => {
    const says = 'testing.enabled: only where `listen` is a loopback address and `publicUrl` is not set';
    const testing = { enabled: true } as const;
    for (const listen of ['0.0.0.0:0', '[::]:0', '192.0.2.1:0', 'stages.example.com:0']) {
      assert.equal(refusal({ flags: { listen, testing } }), says);
    }
    assert.equal(refusal({ yaml: 'publicUrl: https://stages.example.com', flags: { testing } }), says);
    for (const listen of ['127.0.0.2:0', 'localhost:0', '[::1]:0']) {
      assert.equal(load({ flags: { listen, testing } }).testing.enabled, true);
    }
  });

  test('without the secrets beside it', () => {
    const broken = 'accessKeys:\n  - secretAccessKey: hidden\n   accessKeyId: [hidden';
    assert.doesNotMatch(refusal({ yaml: broken }), /hidden/);
    assert.doesNotMatch(refusal({ yaml: 'accessKeys: [{ accessKeyId: "hid den", secretAccessKey: hidden }]' }), /hid/);
  });
});
