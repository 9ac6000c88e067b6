import {
  type ErrorName,
  errorNames,
  type Operation,
  operationNames,
  operations,
  ServiceError,
} from '@proscenium/model';
import { errors, resources } from '@proscenium/model/descriptions';

/** The page of all errors, with who answers them. */
export function errorsPage(): string {
  const modelled = errorNames.filter((name) => new ServiceError(name, '').modelled);
  const others = errorNames.filter((name) => !modelled.includes(name));
  return [
    '# Errors',
    'An error has its name in the header `x-amzn-ErrorType`, and a text for people in its JSON body. SDKs make an object of a class ' +
      'of that name of it, the AWS CLI a line `An error occurred (<name>) …`.',
    '## Errors of operations',
    'Their body has the text twice, as `exceptionMessage` and as `message`: which of the two a client shows depends on the client. ' +
      'An operation answers only with those that its page names.',
    ...modelled.map((name) => section(name, operationsText(name))),
    '## Errors of the front door',
    'Any request can meet them, before it comes to its operation. Their body has the text as `message`.',
    ...others.map((name) => section(name)),
  ].join('\n\n');
}

function section(name: ErrorName, ...more: string[]): string {
  return [`### ${name}`, `HTTP ${new ServiceError(name, '').status}. ${errors[name]}`, ...more].join('\n\n');
}

function operationsText(error: ErrorName): string {
  const having = operationNames.filter((name) => {
    const { errors: possible }: Operation = operations[name];
    return (possible as readonly ErrorName[]).includes(error);
  });
  if (having.length === operationNames.length) return 'Every operation can answer with it.';
  return `Answered by ${having.map(operationLink).join(', ')}.`;
}

/** A link to the operation on the page of what it is about. */
export function operationLink(name: string): string {
  const resource = resources.find(({ operations: described }) => described.some((each) => each.name === name));
  return `[${name}](${resource?.page}.md#${name.toLowerCase()})`;
}
