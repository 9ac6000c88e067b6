/** A process that adds files to a spool in front of an S3, and says when it has added the last one. It is there to be killed. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SwiftS3 } from '../../../../test/support/swift-s3.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { account } from './local-folder.fixture.ts';
import { S3Store } from './s3-store.ts';
import { Spool } from './spool.ts';

const [folder = '', endpoint = '', bucket = '', files = ''] = process.argv.slice(2);
const settings = { endpoint, region: 'us-west-2', pathStyle: true, credentials: SwiftS3.owner, acl: undefined };
const store = new S3Store(settings);
const spool = await Spool.open({ folder, maximumBytes: 1e8, store, clock: systemClock, logger: silentLogger });
const recording = await spool.folder('recording-1', { account, bucket, prefix: 'killed' });

async function add(file: string, content: string | Buffer, keep: boolean): Promise<void> {
  const path = join(recording.path, file);
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
  recording.add(file, { keep });
}

for (let number = 0; number < Number(files); number += 1) {
  await add(`${number}.mp4`, Buffer.alloc(300_000, number), false);
  await add('playlist.m3u8', `up to ${number}`, true);
}
process.send?.(Number(files));
