import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { CreateStorageConfigurationCommand } from '@aws-sdk/client-ivs-realtime';
import { awsEnvironment, awsMissing, awsService } from '../support/aws.ts';
import { pythonModuleMissing, systemPython } from '../support/python.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { SwiftS3, swiftMissing } from '../support/swift-s3.ts';

const bucket = 'show-archive';
const recording = 'Fr1dayShow01/st-9z8y7x6w5v4u3/pHostAAAA001/2026-11-21T20-01-04Z';
const files: Record<string, string> = {
  'events/recording-started.json': '{"version":"v1"}',
  'media/hls/high/0.mp4': 'the first segment',
  'media/hls/high/1.mp4': 'the second segment',
  'media/hls/high/playlist.m3u8': '#EXTM3U',
};

const noAws = await awsMissing();

describe('Recordings in the local folder are read', () => {
  let server: ServerProcess;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-downloads-'));
    server = await startServer();
    await server.client.send(new CreateStorageConfigurationCommand({ s3: { bucketName: bucket } }));
    // The bucket is there now, and what is in its folder is in it.
    const objects = path.join(server.dataFolder, 'objects', server.announcement.account);
    assert.deepEqual(await readdir(objects), [bucket]);
    for (const [file, text] of Object.entries(files)) {
      const target = path.join(objects, bucket, recording, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  });
  after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  test('by the AWS CLI at the endpoint of the API', { skip: noAws }, async () => {
    const s3 = async (...args: string[]) => {
      const { status, stdout, stderr } = await awsService(server, 's3', args);
      assert.equal(status, 0, stderr);
      return stdout;
    };
    assert.match(await s3('ls', `s3://${bucket}/${recording}/`), / PRE events\/\n +PRE media\/\n/);
    await s3('sync', `s3://${bucket}/${recording}`, folder, '--quiet');
    for (const [file, text] of Object.entries(files)) {
      assert.equal(await readFile(path.join(folder, file), 'utf8'), text);
    }
    const url = (await s3('presign', `s3://${bucket}/${recording}/media/hls/high/0.mp4`)).trim();
    const answer = await fetch(url, { headers: { range: 'bytes=4-8' } });
    assert.deepEqual([answer.status, await answer.text()], [206, 'first']);
    await s3('rm', `s3://${bucket}/${recording}/media/hls/high/1.mp4`, '--quiet');
    const inBucket = path.join(server.dataFolder, 'objects', server.announcement.account, bucket, recording);
    assert.deepEqual(await readdir(path.join(inBucket, 'media/hls/high')), ['0.mp4', 'playlist.m3u8']);
    const refused = await awsService(server, 's3', [
      'cp',
      path.join(folder, 'media/hls/high/0.mp4'),
      `s3://${bucket}/mine.mp4`,
    ]);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /NotImplemented.*Its recordings alone are written here/);
  });

  test('by boto3, with addresses that it signs by either version', {
    skip: pythonModuleMissing('boto3', 'python3-boto3'),
  }, async () => {
    const program = `
import json, sys, urllib.request
import boto3
from botocore.config import Config
bucket, prefix, endpoint = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=endpoint)
key = prefix + "/media/hls/high/0.mp4"
answers = {"read": s3.get_object(Bucket=bucket, Key=key, Range="bytes=4-8")["Body"].read().decode()}
resource = boto3.resource("s3", endpoint_url=endpoint)
answers["keys"] = [each.key for each in resource.Bucket(bucket).objects.filter(Prefix=prefix + "/events/")]
answers["buckets"] = [each["Name"] for each in s3.list_buckets()["Buckets"]]
for version in ["s3", "s3v4"]:
    signer = boto3.client("s3", endpoint_url=endpoint, config=Config(signature_version=version))
    url = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
    answers[version] = urllib.request.urlopen(url).read().decode()
try:
    s3.head_object(Bucket=bucket, Key="nowhere")
except s3.exceptions.ClientError as error:
    answers["missing"] = error.response["Error"]["Code"]
print(json.dumps(answers))
`;
    const run = promisify(execFile);
    const { stdout } = await run(systemPython, ['-c', program, bucket, recording, server.endpoint], {
      env: awsEnvironment(server),
    });
    assert.deepEqual(JSON.parse(stdout), {
      read: 'first',
      keys: [`${recording}/events/recording-started.json`],
      buckets: [bucket],
      s3: 'the first segment',
      s3v4: 'the first segment',
      missing: '404',
    });
  });
});

test('a storage configuration names a bucket that the S3 of the settings has', { skip: swiftMissing() }, async (t) => {
  const swift = await SwiftS3.start();
  t.after(() => swift.close());
  const server = await startServer({
    env: {
      PROSCENIUM_OBJECTS_STORE: 's3',
      PROSCENIUM_OBJECTS_S3_ENDPOINT: swift.endpoint,
      PROSCENIUM_OBJECTS_S3_ACCESS_KEY_ID: SwiftS3.owner.accessKeyId,
      PROSCENIUM_OBJECTS_S3_SECRET_ACCESS_KEY: SwiftS3.owner.secretAccessKey,
    },
  });
  t.after(() => server.stop());
  const order = new CreateStorageConfigurationCommand({ s3: { bucketName: 'nobody-made-it' } });
  await assert.rejects(server.client.send(order), {
    name: 'ResourceNotFoundException',
    message: 'S3 bucket not found. Please verify your bucket exists.',
  });
  // Its objects are read there, not here.
  const address = `${server.endpoint}/nobody-made-it/a?X-Amz-Credential=a%2F20261121%2Fus-west-2%2Fs3%2Faws4_request`;
  assert.equal((await fetch(address)).headers.get('content-type'), 'application/json');
});
