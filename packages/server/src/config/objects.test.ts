import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { loadConfig } from './config.ts';

const load = (environment: Record<string, string>, data?: string) =>
  loadConfig({ environment, flags: { data } }).objects;

const inS3 = { PROSCENIUM_OBJECTS_STORE: 's3' };
const endpoint = 'http://127.0.0.1:9000';

test('recordings go into the data folder unless another folder is set', () => {
  const spool = { spoolFolder: '/srv/data/spool', spoolBytes: 2_147_483_648 };
  assert.deepEqual(load({}, '/srv/data'), { store: 'folder', folder: '/srv/data/objects', ...spool });
  assert.deepEqual(load({ PROSCENIUM_OBJECTS_FOLDER: 'recordings' }, '/srv/data'), {
    store: 'folder',
    folder: path.resolve('recordings'),
    ...spool,
  });
});

test('Amazon S3 is taken with the region of the server and the credentials of the machine', () => {
  const objects = load(inS3);
  assert.deepEqual(objects.store === 's3' && objects.s3, {
    endpoint: undefined,
    region: 'us-west-2',
    pathStyle: false,
    credentials: undefined,
    acl: undefined,
  });
});

test('another S3 has its own endpoint, region, key and manner, with the bucket in the path unless set', () => {
  const own = {
    ...inS3,
    PROSCENIUM_OBJECTS_S3_ENDPOINT: endpoint,
    PROSCENIUM_OBJECTS_S3_REGION: 'eu-west-1',
    PROSCENIUM_OBJECTS_S3_ACCESS_KEY_ID: 'id',
    PROSCENIUM_OBJECTS_S3_SECRET_ACCESS_KEY: 'secret',
    PROSCENIUM_OBJECTS_S3_ACL: 'bucket-owner-full-control',
  };
  const objects = load(own);
  assert.deepEqual(objects.store === 's3' && objects.s3, {
    endpoint,
    region: 'eu-west-1',
    pathStyle: true,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    acl: 'bucket-owner-full-control',
  });
  const inHost = load({ ...own, PROSCENIUM_OBJECTS_S3_PATH_STYLE: 'false' });
  assert.equal(inHost.store === 's3' && inHost.s3.pathStyle, false);
});

test('what is wrong with an object store is told by the name of the option', () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ PROSCENIUM_OBJECTS_STORE: 'ftp' }, /PROSCENIUM_OBJECTS_STORE: must be folder or s3/],
    [{ PROSCENIUM_OBJECTS_SPOOL_BYTES: '1000' }, /PROSCENIUM_OBJECTS_SPOOL_BYTES: must be >= 1048576/],
    [{ PROSCENIUM_OBJECTS_S3_ACL: 'everybody' }, /PROSCENIUM_OBJECTS_S3_ACL: must be private or /],
    [{ ...inS3, PROSCENIUM_OBJECTS_S3_ENDPOINT: 'http://:x' }, /objects\.s3\.endpoint: must be a web address/],
    [{ ...inS3, PROSCENIUM_OBJECTS_S3_ACCESS_KEY_ID: 'id' }, /objects\.s3\.secretAccessKey: is missing/],
    [{ ...inS3, PROSCENIUM_OBJECTS_S3_SECRET_ACCESS_KEY: 'hidden' }, /objects\.s3\.accessKeyId: is missing/],
  ];
  for (const [environment, says] of wrong) {
    assert.throws(
      () => load(environment),
      (error: Error) => {
        assert.match(error.message, says);
        assert.ok(!error.message.includes('hidden'));
        return true;
      },
    );
  }
});
