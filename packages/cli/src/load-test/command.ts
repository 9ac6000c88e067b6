import { type Command, Option } from 'commander';
import { type CommandOptions, DEFAULT_SUBSCRIBERS, duration, number, resolution, url, wholeNumber } from './options.ts';

const AFTER = `
Examples:
  proscenium load-test --endpoint http://127.0.0.1:7080 --publishers 2 --subscribers 20
  proscenium load-test --tokens-from tokens.txt --duration 5m --max-loss 0.5 --json

A stage that is made for the test is deleted afterwards, whatever happens. Calls are signed with AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY, or with a profile of the file that AWS_SHARED_CREDENTIALS_FILE names.

Exit status: 0 when every limit was kept, 1 when one was not or the test could not be made, 2 for wrong usage, 130
after Ctrl-C and 143 after SIGTERM, when everybody has left.
`;

const DEFAULT_RESOLUTION = '1280x720';

/** Adds `load-test` to the program. */
export function addLoadTest(program: Command): void {
  program
    .command('load-test')
    .description('Put publishers and subscribers on a stage, without browsers, and measure what comes through.')
    .optionsGroup('Which stage:')
    .option('--endpoint <url>', 'make a stage on this server (default: AWS_ENDPOINT_URL)', url)
    .option('--stage-arn <arn>', 'take this stage of the server, and invite participants to it')
    .option('--region <region>', 'region of the calls (default: that of the ARN, or AWS_REGION)')
    .option('--token <token>', 'take participants who are invited already, publishers first; once for each', collect)
    .option('--tokens-from <file>', 'the same from a file, one a line; - reads standard input')
    .optionsGroup('Which load:')
    .option('--publishers <count>', 'how many publish', wholeNumber(1, 200), 1)
    .option(
      '--subscribers <count>',
      `how many subscribe, to all publishers (default: ${DEFAULT_SUBSCRIBERS}; all other tokens)`,
      wholeNumber(0, 2_000),
    )
    .addOption(
      new Option('--subscribe-by <way>', 'a connection for each publisher, or one for all, offered by the server')
        .choices(['post', 'socket'])
        .default('post'),
    )
    .option('--bitrate <bit/s>', 'of each picture', wholeNumber(50_000, 20_000_000), 2_000_000)
    .addOption(
      new Option('--resolution <size>', 'of each picture')
        .argParser(resolution)
        .default(resolution(DEFAULT_RESOLUTION), DEFAULT_RESOLUTION),
    )
    .option('--frame-rate <count>', 'pictures a second', wholeNumber(1, 60), 30)
    .option('--simulcast', 'two more layers of each picture: half and a quarter of its size')
    .option('--no-audio', 'without sound')
    .option('--duration <time>', 'how long to measure, once all have joined: 30, 30s, 5m, 1h', duration, 30)
    .option('--joins-per-second <rate>', 'how many begin to join in a second', number(0.1, 500), 10)
    .option('--churn-per-second <rate>', 'how many subscribers leave and come again in a second', number(0, 100), 0)
    .optionsGroup('Limits that decide about the exit status:')
    .option('--max-failures <count>', 'of joins, streams and connections together', wholeNumber(0, 1_000_000), 0)
    .option('--max-loss <percent>', 'packets that never came, also after repair', number(0, 100))
    .option('--max-join-ms-p99 <ms>', 'from the first call to the connection', number(0, 600_000))
    .option('--max-first-frame-ms-p50 <ms>', 'from the first call to the first whole key frame', number(0, 600_000))
    .option('--max-latency-ms-p99 <ms>', 'from publisher to subscriber', number(0, 600_000))
    .option('--min-bitrate <bit/s>', 'that a subscription gets on average', number(0, 100_000_000))
    .optionsGroup('Output:')
    .option('--json', 'print nothing but the report, as one JSON object')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', AFTER)
    .action(async (options: CommandOptions) => {
      const { loadTest } = await import('./load-test.ts');
      process.exit(await loadTest(options));
    });
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}
