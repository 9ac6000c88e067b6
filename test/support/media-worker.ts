import path from 'node:path';
import { findRecordedWorker } from '@proscenium/media';
import { root } from './installation.ts';

/** The program that the servers of this working tree run for media. */
export const mediaWorker =
  findRecordedWorker(root) ?? path.join(root, 'node_modules/mediasoup/worker/out/Release/mediasoup-worker');
