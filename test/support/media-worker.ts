import path from 'node:path';
import { findRecordedWorker } from '@proscenium/media/recorded-worker';
import { root } from './installation.ts';
import { childrenOf } from './processes.ts';

/** The program that the servers of this working tree run for media. */
export const mediaWorker =
  findRecordedWorker(root) ?? path.join(root, 'node_modules/mediasoup/worker/out/Release/mediasoup-worker');

/** Process ids of a server's living media workers. */
export async function mediaWorkersOf(serverPid: number): Promise<number[]> {
  const children = await childrenOf(serverPid);
  return [...children].filter(([, command]) => command.includes('mediasoup-worker')).map(([pid]) => pid);
}
