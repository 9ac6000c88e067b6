import { type Command, InvalidArgumentError } from 'commander';
import { url, wholeNumber } from '../load-test/options.ts';

const AFTER = `
Events and dead letters are those of the access key's account, in the region of --region. With --endpoint (or AWS_ENDPOINT_URL) the server is called with
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or with a profile of the file that AWS_SHARED_CREDENTIALS_FILE names; without it, the server of
this machine with an access key of its configuration or its data folder. docs/events.md explains events.

Exit status: 0, 1 when the server refused or was not there, 2 for wrong usage.

Examples:
  proscenium events tail --pattern '{"detail":{"event_name":[{"prefix":"Participant "}]}}'
  proscenium events dead-letters --target hook
  proscenium events replay --target hook`;

/** Adds `proscenium events`. What it needs is loaded when it runs. */
export function addEvents(program: Command): void {
  const events = program
    .command('events')
    .description('Follow what happens on stages, and send again what could not be delivered.')
    .addHelpText('after', AFTER);
  calling(events.command('tail'))
    .description('Print events as they happen, until Ctrl-C; after a lost connection it goes on where it was.')
    .option('--pattern <json>', 'only events that match this event pattern', json)
    .option('--after <event id>', 'begin behind this event, as far as events are kept (default: with the next one)')
    .option('--limit <count>', 'end after so many', wholeNumber(1, 1_000_000))
    .option('--json', 'print each event as one line of JSON', false)
    .action(async (options) => {
      const { tail } = await import('./tail.ts');
      await tail(options);
    });
  calling(events.command('dead-letters'))
    .description('List what could not be delivered, the newest first.')
    .option('--target <name>', 'of this target alone')
    .option('--limit <count>', 'how many at most', wholeNumber(1, 100_000), 100)
    .option('--json', 'print one JSON object in place of text', false)
    .action(async (options) => {
      const { listDeadLetters } = await import('./dead-letters.ts');
      await listDeadLetters(options);
    });
  calling(events.command('replay'))
    .description('Send dead letters again, the oldest first: all of them unless some are named.')
    .option('--target <name>', 'of this target alone')
    .option('--event <id>', 'this event alone; once for each, up to 100', collect)
    .option('--json', 'print one JSON object in place of text', false)
    .action(async (options) => {
      const { replayDeadLetters } = await import('./dead-letters.ts');
      await replayDeadLetters(options);
    });
}

/** What says which server. */
function calling(command: Command): Command {
  return command
    .option('--endpoint <url>', 'address of the server (default: AWS_ENDPOINT_URL, or the one of this machine)', url)
    .option('--region <region>', 'region of the events (default: AWS_REGION, or that of the configuration)')
    .option('--config <file>', 'YAML file with the options of the server of this machine')
    .option('--data <dir>', 'its data folder (default: ./data)');
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

function json(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new InvalidArgumentError('It must be JSON.');
  }
}
