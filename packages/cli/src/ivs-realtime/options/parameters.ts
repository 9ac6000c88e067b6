import type { Operation, Shape } from '@proscenium/model';
import { commandLineName, isPaged } from './commands.ts';
import type { Option } from './option.ts';

/** A member of the request, as an option. */
export interface Parameter {
  /** As the API has it. */
  readonly member: string;
  /** With its dashes. */
  readonly option: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** One that the manual leaves out, since the command pages by itself. */
  readonly hidden: boolean;
}

/** The parameters of an operation, in the order of its manual. */
export function parametersOf(operation: Operation): readonly Parameter[] {
  const { properties, required = [] } = operation.request;
  return Object.entries(properties).map(([member, shape]) => ({
    member,
    option: `--${commandLineName(member)}`,
    shape,
    required: required.includes(member),
    hidden: isPaged(operation) && (member === 'nextToken' || member === 'maxResults'),
  }));
}

export const skeletonChoices = ['input', 'output', 'yaml-input'] as const;

/** The options of a command beside its parameters. */
const inputOptions: readonly Option[] = [
  { name: 'cli-input-json', takes: 'one' },
  { name: 'cli-input-yaml', takes: 'one' },
];
const pageOptions: readonly Option[] = [
  { name: 'starting-token', takes: 'one' },
  { name: 'page-size', takes: 'one', isInteger: true },
  { name: 'max-items', takes: 'one', isInteger: true },
];
const skeletonOption: Option = { name: 'generate-cli-skeleton', takes: 'maybe', choices: skeletonChoices };

/** All options of a command, but for those that every command has. */
export function optionsOf(operation: Operation): readonly Option[] {
  return [
    ...parametersOf(operation).flatMap(parameterOptions),
    ...inputOptions,
    ...(isPaged(operation) ? pageOptions : []),
    skeletonOption,
  ];
}

function parameterOptions({ option, shape }: Parameter): Option[] {
  const name = option.slice(2);
  if (shape['~kind'] === 'Boolean') {
    return [
      { name, takes: 'none' },
      { name: `no-${name}`, takes: 'none' },
    ];
  }
  return [{ name, takes: shape['~kind'] === 'Array' ? 'some' : 'one' }];
}
