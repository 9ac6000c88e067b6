import { loadOperation, type Operation, operationNamesOf, type Service } from '@proscenium/model/load-operation';

/** `maxResults` and `CreateStage` as options and commands have them: `max-results`, `create-stage`. */
export function commandLineName(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** The commands of an API, by their names, in the order of the alphabet. */
export function commandNamesOf(service: Service): readonly string[] {
  return operationNamesOf[service].map(commandLineName).sort();
}

/** The operation that a command calls. */
export async function findOperation(service: Service, command: string): Promise<Operation | undefined> {
  const name = operationNamesOf[service].find((each) => commandLineName(each) === command);
  return name && (await loadOperation(name));
}

/** The operations that the AWS command line asks for page after page. */
const pagedCommands: readonly string[] = [
  'ListPublicKeys',
  'ListIngestConfigurations',
  'ListParticipantReplicas',
  'ListChannels',
  'ListStreamKeys',
  'ListStreams',
];

/** Whether the command makes one list of all pages. */
export function isPaged({ name }: Operation): boolean {
  return pagedCommands.includes(name);
}
