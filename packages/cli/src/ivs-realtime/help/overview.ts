import { resources } from '@proscenium/model/descriptions';
import { commandLineName, commandNames } from '../options/commands.ts';
import { bullet, page, paragraph } from './page.ts';

/** The manual page of all commands. */
export function overview(): string {
  const kinds = resources.flatMap(({ title, about, operations }) => [
    paragraph(`${title}. ${about}`),
    ...operations.map(({ name, summary }) => bullet(`${commandLineName(name)}: ${summary}`)),
  ]);
  return page('ivs-realtime', [
    ['NAME', [paragraph('ivs-realtime - calls the real-time API')]],
    [
      'DESCRIPTION',
      [
        paragraph(
          'Calls the operations of the Amazon IVS real-time API, at a Proscenium server or at Amazon. Commands, options, output, errors and exit codes are those of the AWS CLI, version 2: what is written for `aws ivs-realtime` works with `proscenium ivs-realtime`.',
        ),
        paragraph(
          'Credentials, region and the address of the server come from options, from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_IVS_REALTIME) and from the AWS configuration files.',
        ),
        ...kinds,
      ],
    ],
    ['SYNOPSIS', [paragraph('proscenium ivs-realtime <command> [parameters] [global options]')]],
    ['AVAILABLE COMMANDS', [...commandNames, 'help'].sort().map((name) => bullet(name))],
  ]);
}
