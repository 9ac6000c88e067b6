import path from 'node:path';
import { parseArgs } from 'node:util';
import { provideAwsCli, provideBotocoreData } from './aws-cli.ts';
import { installDebianPackages, isDebian, testPackages } from './debian-packages.ts';
import { provideWorker } from './media-worker/worker.ts';
import { say } from './progress.ts';
import { provideWebBundles } from './web-bundles.ts';

const { values: options } = parseArgs({ options: { 'for-tests': { type: 'boolean', default: false } } });

const root = path.dirname(import.meta.dirname);
/** What set-up remembers about this clone; gone with node_modules. */
const records = path.join(root, 'node_modules/.proscenium');

try {
  await provideWorker(root, path.join(records, 'worker.json'));
  provideWebBundles(root, path.join(records, 'web-bundles.json'));
  if (options['for-tests']) {
    if (isDebian()) installDebianPackages(testPackages, 'the tests');
    provideAwsCli(path.join(records, 'bin'));
    provideBotocoreData();
  }
} catch (error) {
  say((error as Error).message);
  process.exit(1);
}
