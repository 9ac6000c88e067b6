import type { Command } from 'commander';
import { readEndpoint } from './read-endpoint.ts';

/** Adds `proscenium doctor`. What it needs is loaded when it runs. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('Find out whether a deployment works, and what to do where it does not.')
    .description(
      'Find out whether a deployment works: configuration, machine, and a server that runs, as its clients see it. ' +
        'Takes the configuration of `serve`. Makes a stage, publishes to it for a few seconds, and deletes it.',
    )
    .option('--config <file>', 'YAML file with the options of the server')
    .option('--data <dir>', "the server's folder for all that outlives the process (default: ./data)")
    .option('--listen <host:port>', 'where the server listens (default: 127.0.0.1:7080)')
    .option(
      '--endpoint <url>',
      'address of a running server; alone, the server is on another machine, and is seen from here as clients see it',
      readEndpoint,
    )
    .option('--json', 'print one JSON object in place of text', false)
    .addHelpText(
      'after',
      `
The API is called with an access key of the configuration or the data folder; with --endpoint alone, with AWS_ACCESS_KEY_ID
and AWS_SECRET_ACCESS_KEY, or with a profile of the file that AWS_SHARED_CREDENTIALS_FILE names.

Exit status: 0 when nothing failed (there may be warnings), 1 when something did, 2 for wrong usage, 130 after Ctrl-C and 143
after SIGTERM, when its stages are deleted.

Examples:
  proscenium doctor --config /etc/proscenium.yaml
  proscenium doctor --endpoint https://stages.example.com`,
    )
    .action(async (options) => {
      const { doctor } = await import('./doctor.ts');
      await doctor(options);
    });
}
