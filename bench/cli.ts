/** How long one command of `proscenium ivs-realtime` takes, beside the AWS CLI and a Node that does nothing. */
import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { promisify } from 'node:util';
import { awsEnvironment, awsMissing } from '../test/support/aws.ts';
import { startServer } from '../test/support/server.ts';
import { median } from './support/median.ts';

const runs = 9;
const launcher = new URL('../node_modules/.bin/proscenium', import.meta.url).pathname;

const server = await startServer({ env: { PROSCENIUM_MEDIA_WORKERS: '0' } });
const env = awsEnvironment(server);
const words = ['ivs-realtime', 'list-stages', '--endpoint-url', server.endpoint];
const programs: { what: string; file: string; words: string[] }[] = [
  { what: 'Node that does nothing', file: process.execPath, words: ['-e', '0'] },
  { what: 'proscenium: a call', file: launcher, words },
  { what: 'proscenium: a skeleton', file: launcher, words: [...words, '--generate-cli-skeleton'] },
  { what: 'proscenium: help', file: launcher, words: ['ivs-realtime', 'create-stage', 'help'] },
];
const missing = await awsMissing();
if (missing) console.log(`Without the AWS CLI: ${missing}`);
else {
  programs.push(
    { what: 'aws: a call', file: 'aws', words },
    { what: 'aws: a skeleton', file: 'aws', words: [...words, '--generate-cli-skeleton'] },
  );
}

const measuredMs = programs.map((): number[] => []);
for (let run = 0; run <= runs; run += 1) {
  for (const [index, { file, words: arguments_ }] of programs.entries()) {
    const begin = performance.now();
    await promisify(execFile)(file, arguments_, { env });
    // The first run fills caches.
    if (run > 0) measuredMs[index]?.push(performance.now() - begin);
  }
}
await server.stop();

console.log(`Medians of ${runs} runs; load average ${loadavg()[0]?.toFixed(1)}`);
const reference = median(measuredMs.at(missing ? 0 : 4) ?? []);
console.table(
  programs.map(({ what }, index) => {
    const milliseconds = median(measuredMs[index] ?? []);
    return { what, 'takes ms': Math.round(milliseconds), ratio: (milliseconds / reference).toFixed(2) };
  }),
);
