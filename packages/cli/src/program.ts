import { Command } from 'commander';
import { addAccess } from './access/command.ts';
import { addBackup } from './backup/command.ts';
import { addCompletion } from './completion/command.ts';
import { addConfig } from './config/command.ts';
import { addDoctor } from './doctor/command.ts';
import { addEvents } from './events/command.ts';
import { addLoadTest } from './load-test/command.ts';

const wrongUsage = 2;

/** Runs `proscenium …`. */
export async function runProgram(version: string): Promise<void> {
  const program = new Command('proscenium')
    .description('A self-hosted server for real-time stages, compatible with the Amazon IVS Real-Time API.')
    .version(version)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : wrongUsage));

  program
    .command('serve')
    .description(
      'Start the server. It runs until it gets SIGINT or SIGTERM; after SIGUSR2, until nobody is in a stage.',
    )
    .option('--listen <host:port>', 'where to listen (default: 127.0.0.1:7080); port 0 takes free ports')
    .option('--data <dir>', 'folder for all that outlives the process (default: ./data)')
    .option('--config <file>', 'YAML file with options; config.sample.yaml has them all')
    .option('--json', 'print one JSON object, once the server accepts calls, in place of text', false)
    .option('--testing', 'for test suites: test control is on, and data, without --data, goes with the server', false)
    .option(
      '--until-stdin-ends',
      'stop when standard input ends, as it does when the program at its other end is gone',
      false,
    )
    .addHelpText('after', '\nEnvironment variables such as PROSCENIUM_LISTEN set options too: see config.sample.yaml.')
    .action(async (options) => {
      // The other commands do without the server and start faster.
      const { serve } = await import('./serve.ts');
      await serve(options);
    });

  addAccess(program);
  addEvents(program);
  addLoadTest(program);
  addBackup(program);
  addConfig(program);
  addDoctor(program);
  addCompletion(program);
  program
    .command('ivs-realtime')
    .description('Call the API, by the commands of the AWS CLI: `proscenium ivs-realtime help` lists them.')
    .argument('<command>');

  program
    .command('ivs')
    .description('The same of channels, as `aws ivs` has it: `proscenium ivs help` lists the commands.')
    .argument('<command>');

  await program.parseAsync();
}
