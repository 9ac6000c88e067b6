import {
  type ErrorName,
  errorNames,
  type Operation,
  type OperationName,
  operationNames,
  operations,
  ServiceError,
} from '@proscenium/model';
import { errors, resources } from '@proscenium/model/descriptions';
import { link } from './shape-text.ts';
import { table } from './tables.ts';

/** The page of all errors, with who answers them. */
export function errorsPage(): string {
  const modelled = errorNames.filter((name) => new ServiceError(name, '').modelled);
  const others = errorNames.filter((name) => !modelled.includes(name));
  return [
    '# Errors',
    'An error has its name in the header `x-amzn-ErrorType`, and a text for people in its JSON body. SDKs make an object of a class ' +
      'of that name of it, the AWS CLI a line `An error occurred (<name>) …`.',
    '## Errors of operations',
    'Their body has the text twice, as `exceptionMessage` and as `message`: which of the two a client shows depends on the client.',
    ...modelled.map(section),
    '### Which operation has which',
    'A request for another host, and a failure of the server, are answered as such by all.',
    table(
      ['Operation', ...modelled.map((name) => link(name, 'errors'))],
      operationNames.map((operation) => [operationLink(operation), ...modelled.map((name) => mark(operation, name))]),
    ),
    '## Errors of the front door',
    'Any request can meet them, before it comes to its operation. Their body has the text as `message`.',
    ...others.map(section),
  ].join('\n\n');
}

function section(name: ErrorName): string {
  return `### ${name}\n\nHTTP ${new ServiceError(name, '').status}. ${errors[name]}`;
}

function mark(operation: OperationName, error: ErrorName): string {
  const { errors: possible }: Operation = operations[operation];
  return (possible as readonly ErrorName[]).includes(error) ? '•' : ' ';
}

/** A link to the operation on the page of what it is about. */
export function operationLink(name: string): string {
  const resource = resources.find(({ operations: described }) => described.some((each) => each.name === name));
  return `[${name}](${resource?.page}.md#${name.toLowerCase()})`;
}
