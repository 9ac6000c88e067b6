import type { Option } from './option.ts';

export const outputFormats = ['json', 'text', 'table', 'yaml', 'yaml-stream'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export const errorFormats = ['legacy', 'json', 'yaml', 'text', 'table', 'enhanced'] as const;
export type ErrorFormat = (typeof errorFormats)[number];

interface GlobalOption extends Option {
  readonly help: string;
}

/** The options that every command has, in the order of the manual. */
export const globalOptions: readonly GlobalOption[] = [
  {
    name: 'debug',
    takes: 'none',
    help: 'Tells each request and each answer on standard error. Secrets are left out.',
  },
  { name: 'endpoint-url', takes: 'one', help: 'Calls this server in place of the one that the settings name.' },
  { name: 'no-verify-ssl', takes: 'none', help: "Accepts the server's certificate, whatever it is." },
  {
    name: 'no-paginate',
    takes: 'none',
    help: 'Makes one call only, for the first page of results, where a command makes as many as there are pages.',
  },
  { name: 'output', takes: 'one', choices: outputFormats, help: 'How the answer is printed.' },
  {
    name: 'query',
    takes: 'one',
    help: 'A JMESPath expression: what it makes of the answer is printed. See https://jmespath.org.',
  },
  { name: 'profile', takes: 'one', help: 'The profile of the configuration and credentials files to use.' },
  { name: 'region', takes: 'one', help: 'The region. It comes before that of the settings and of the environment.' },
  { name: 'version', takes: 'none', help: 'Prints the version.' },
  { name: 'color', takes: 'one', choices: ['on', 'off', 'auto'], help: 'Whether tables are colored.' },
  { name: 'no-sign-request', takes: 'none', help: 'Sends requests without a signature, and looks for no credentials.' },
  { name: 'ca-bundle', takes: 'one', help: 'A file with the certificates of the authorities to trust.' },
  {
    name: 'cli-read-timeout',
    takes: 'one',
    isInteger: true,
    help: 'How many seconds to wait for something to come from the server, 60 by default. With 0 it waits for ever.',
  },
  {
    name: 'cli-connect-timeout',
    takes: 'one',
    isInteger: true,
    help: 'How many seconds to wait for a connection, 60 by default. With 0 it waits for ever.',
  },
  {
    name: 'cli-binary-format',
    takes: 'one',
    choices: ['base64', 'raw-in-base64-out'],
    help: 'Accepted, and without effect: no parameter of this API is binary.',
  },
  { name: 'no-cli-pager', takes: 'none', help: 'Accepted, and without effect: no output goes through a pager.' },
  { name: 'cli-auto-prompt', takes: 'none', help: 'Not available here.' },
  { name: 'no-cli-auto-prompt', takes: 'none', help: 'Accepted, and without effect: nothing asks for parameters.' },
  {
    name: 'cli-error-format',
    takes: 'one',
    choices: errorFormats,
    help: 'How errors are printed on standard error: with the members of the answer (enhanced, the default), as one line (legacy), or like an answer.',
  },
];
