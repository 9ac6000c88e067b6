import type { Service } from '@proscenium/model';
import { resources } from '@proscenium/model/descriptions';
import { commandLineName, commandNamesOf } from '../options/commands.ts';
import { bullet, page, paragraph } from './page.ts';

const apis: Readonly<Record<Service, string>> = {
  'ivs-realtime': 'the real-time API',
  ivs: 'the low-latency API, as far as it is about channels',
};

/** The manual page of all commands of an API. */
export function overview(service: Service): string {
  const commandNames = commandNamesOf(service);
  const variable = `AWS_ENDPOINT_URL_${service.replace('-', '_').toUpperCase()}`;
  const kinds = resources
    .filter(({ operations: [first] }) => first && commandNames.includes(commandLineName(first.name)))
    .flatMap(({ title, about, operations }) => [
      paragraph(`${title}. ${about}`),
      ...operations.map(({ name, summary }) => bullet(`${commandLineName(name)}: ${summary}`)),
    ]);
  return page(service, [
    ['NAME', [paragraph(`${service} - calls ${apis[service]}`)]],
    [
      'DESCRIPTION',
      [
        paragraph(
          `Calls the operations of Amazon IVS: ${apis[service]}, at a Proscenium server or at Amazon. Commands, options, output, errors and exit codes are those of the AWS CLI, version 2: what is written for \`aws ${service}\` works with \`proscenium ${service}\`.`,
        ),
        paragraph(
          `Credentials, region and the address of the server come from options, from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, ${variable}) and from the AWS configuration files.`,
        ),
        ...kinds,
      ],
    ],
    ['SYNOPSIS', [paragraph(`proscenium ${service} <command> [parameters] [global options]`)]],
    ['AVAILABLE COMMANDS', [...commandNames, 'help'].sort().map((name) => bullet(name))],
  ]);
}
