import { loadOperation, type Operation, operationNames } from '@proscenium/model/load-operation';

/** `maxResults` and `CreateStage` as options and commands have them: `max-results`, `create-stage`. */
export function commandLineName(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** The commands, by their names, in the order of the alphabet. */
export const commandNames: readonly string[] = [...operationNames].map(commandLineName).sort();

/** The operation that a command calls. */
export async function findOperation(command: string): Promise<Operation | undefined> {
  const name = operationNames.find((each) => commandLineName(each) === command);
  return name && (await loadOperation(name));
}

/** The operations that the AWS command line asks for page after page. */
const pagedCommands: readonly string[] = ['ListPublicKeys', 'ListIngestConfigurations', 'ListParticipantReplicas'];

/** Whether the command makes one list of all pages. */
export function isPaged({ name }: Operation): boolean {
  return pagedCommands.includes(name);
}
