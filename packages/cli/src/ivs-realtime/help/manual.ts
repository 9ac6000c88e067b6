import type { Operation } from '@proscenium/model';
import { commandLineName, isPaged } from '../options/commands.ts';
import { globalOptions } from '../options/global-options.ts';
import { type Parameter, parametersOf } from '../options/parameters.ts';
import { example } from './example.ts';
import { describeOperation, meaningOf, memberTree, shapeTree } from './members.ts';
import { bullet, page, paragraph, verbatim } from './page.ts';
import { jsonSyntax, shorthandSyntax, typeName } from './syntax.ts';

/** The manual page of a command. */
export function commandManual(operation: Operation): string {
  const name = commandLineName(operation.name);
  const described = describeOperation(operation.name);
  const parameters = parametersOf(operation).filter(({ hidden }) => !hidden);
  return page(name, [
    ['NAME', [paragraph(`${name} - ${lowerFirst(described.summary)}`)]],
    [
      'DESCRIPTION',
      [described.summary, ...described.notes, ...pagingNotes(operation, name)].map((text) => paragraph(text)),
    ],
    ['SYNOPSIS', [verbatim([`  ${name}`, ...synopsis(operation, parameters)].join('\n'))]],
    [
      'OPTIONS',
      [...parameters.flatMap((each) => parameterText(each, described.request)), ...inputOptionTexts(operation)],
    ],
    ['GLOBAL OPTIONS', globalOptions.flatMap(globalOptionText)],
    ['EXAMPLES', example(name, operation, described)],
    ['OUTPUT', output(operation, described.response)],
  ]);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function pagingNotes(operation: Operation, name: string): string[] {
  if (!isPaged(operation)) return [];
  return [
    `${name} is a paginated operation. Multiple API calls may be issued in order to retrieve the entire data set of results. You can disable pagination by providing the --no-paginate argument. When using --output text and the --query argument on a paginated response, the --query argument must extract data from the results of the following query expressions: ${operation.pagination?.items}`,
  ];
}

function synopsis(operation: Operation, parameters: readonly Parameter[]): string[] {
  const own = parameters.map(({ option, shape, required }) => {
    const text = shape['~kind'] === 'Boolean' ? `${option} | --no-${option.slice(2)}` : `${option} <value>`;
    return required ? text : `[${text}]`;
  });
  const paging = isPaged(operation)
    ? ['[--starting-token <value>]', '[--page-size <value>]', '[--max-items <value>]']
    : [];
  return [
    ...own,
    '[--cli-input-json | --cli-input-yaml]',
    ...paging,
    '[--generate-cli-skeleton <value>]',
    ...globalOptions.map(({ name, takes }) => (takes === 'none' ? `[--${name}]` : `[--${name} <value>]`)),
  ];
}

const TEXT_INDENT = 10;

function parameterText(
  { member, option, shape, required }: Parameter,
  descriptions: Parameters<typeof memberTree>[1],
): string[] {
  const names = shape['~kind'] === 'Boolean' ? `${option} | --no-${option.slice(2)}` : option;
  const meaning = meaningOf(descriptions[member]);
  const shorthand = shorthandSyntax(shape);
  const isComplex = ['Object', 'Array', 'Record'].includes(shape['~kind']);
  const isListOfScalars =
    shape['~kind'] === 'Array' && shorthand === undefined && !['Object'].includes(shape.items['~kind']);
  return [
    headed(`${names} (${typeName(shape)})${required ? ' [required]' : ''}`, meaning),
    ...shapeTree(shape, TEXT_INDENT),
    ...(shorthand === undefined ? [] : [verbatim('Shorthand Syntax:'), verbatim(shorthand, TEXT_INDENT)]),
    ...(isListOfScalars ? [verbatim('Syntax:'), verbatim('"string" "string" ...', TEXT_INDENT)] : []),
    ...(isComplex && !isListOfScalars ? [verbatim('JSON Syntax:'), verbatim(jsonSyntax(shape), TEXT_INDENT)] : []),
  ];
}

function headed(heading: string, text: string): string {
  return text === '' ? verbatim(heading) : `${verbatim(heading)}\n${paragraph(text, TEXT_INDENT)}`;
}

function inputOptionTexts(operation: Operation): string[] {
  const texts: [string, string][] = [
    [
      '--cli-input-json | --cli-input-yaml (string)',
      'The whole request as JSON or YAML text, or as a file after file://. Other options on the command line win over what it has. --generate-cli-skeleton prints one to fill in.',
    ],
  ];
  if (isPaged(operation)) {
    texts.push(
      [
        '--starting-token (string)',
        'Where to go on: the NextToken that the command printed when it stopped at --max-items.',
      ],
      ['--page-size (integer)', 'How many items to ask for in each call. It does not change what is printed.'],
      [
        '--max-items (integer)',
        'How many items to print. When there are more, a NextToken is printed with them, with which --starting-token goes on.',
      ],
    );
  }
  texts.push([
    '--generate-cli-skeleton (string)',
    'Prints a skeleton and sends nothing: of the request as JSON (input, also without a value) or YAML (yaml-input), or of the answer (output), for which the request must be complete.',
  ]);
  return texts.map(([heading, text]) => headed(heading, text));
}

function globalOptionText({ name, takes, choices, isInteger, help }: (typeof globalOptions)[number]): string[] {
  const type = takes === 'none' ? 'boolean' : isInteger ? 'int' : 'string';
  return [headed(`--${name} (${type})`, help), ...(choices ?? []).map((choice) => bullet(choice, TEXT_INDENT))];
}

function output({ response }: Operation, descriptions: Parameters<typeof memberTree>[1]): string[] {
  if (Object.keys(response.properties).length === 0) return [paragraph('None')];
  return memberTree(response, descriptions, 7);
}
