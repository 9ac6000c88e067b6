import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The mediasoup package that npm installed. */
export type MediasoupPackage = {
  /** Its folder. */
  directory: string;
  version: string;
  /** Web address of its repository, without a trailing slash. */
  repositoryUrl: string;
  /** Where its own install script puts the prebuilt worker, and where it looks for a worker by default. */
  ownWorkerPath: string;
};

/** Finds mediasoup as a module in `from` (a folder) would. */
export function findMediasoup(from: string): MediasoupPackage {
  let directory = path.dirname(createRequire(path.join(from, 'package.json')).resolve('mediasoup'));
  while (!existsSync(path.join(directory, 'package.json'))) directory = path.dirname(directory);

  const { version, repository } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as {
    version: string;
    repository: { url: string };
  };
  return {
    directory,
    version,
    repositoryUrl: repository.url.replace(/^git\+/, '').replace(/\.git$/, ''),
    ownWorkerPath: path.join(directory, 'worker/out/Release/mediasoup-worker'),
  };
}
