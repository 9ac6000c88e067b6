import type { Command } from 'commander';

/** Adds `proscenium config`. What it needs is loaded when it runs. */
export function addConfig(program: Command): void {
  program
    .command('config')
    .description('Look at the configuration of the server.')
    .command('check')
    .description(
      'Say whether the server could start with a configuration: every option of file, environment and command line, policies ' +
        'among them, and what goes badly together. Nothing is started or changed.',
    )
    .option('--config <file>', 'YAML file with the options of the server')
    .option('--data <dir>', "the server's folder for all that outlives the process")
    .option('--listen <host:port>', 'where the server listens')
    .option('--json', 'print one JSON object in place of text', false)
    .addHelpText(
      'after',
      `
Exit status: 0 when it could (there may be warnings), 1 when it could not, 2 for wrong usage.

Example:
  proscenium config check --config /etc/proscenium.yaml && systemctl restart proscenium`,
    )
    .action(async (options) => {
      const { checkConfiguration } = await import('./check-configuration.ts');
      await checkConfiguration(options);
    });
}
