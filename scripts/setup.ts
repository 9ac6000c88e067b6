import path from 'node:path';
import { provideWorker } from './media-worker/worker.ts';

const root = path.dirname(import.meta.dirname);
await provideWorker(root, path.join(root, 'node_modules/.proscenium/worker.json'));
