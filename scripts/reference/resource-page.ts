import {
  type Operation,
  type OperationName,
  operations,
  type RequestOf,
  type ResponseOf,
  ServiceError,
  type StructureShape,
  writeResponse,
} from '@proscenium/model';
import type { OperationDescription, ResourceDescription } from '@proscenium/model/descriptions';
import { readableJson } from './readable-json.ts';
import { link } from './shape-text.ts';
import { memberTable } from './tables.ts';

/** Calls per second that the server lets through where throttling is on. */
export type Rates = Readonly<Record<OperationName, number>>;

/** The page of one kind of thing and all operations about it. */
export function resourcePage({ title, about, operations: described }: ResourceDescription, rates: Rates): string {
  return [`# ${title}`, about, ...described.map((each) => operationSection(each, rates[each.name]))].join('\n\n');
}

function operationSection(
  { name, summary, notes, request, response, example }: OperationDescription,
  rate: number,
): string {
  const operation: Operation = operations[name];
  return [
    `## ${name}`,
    summary,
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
    `\`${operation.method} ${operation.path}\``,
    '**Request**',
    memberTable(operation.request, request),
    '**Response**',
    responseText(operation, response),
    `**Errors**: ${operation.errors.map((error) => `${link(error, 'errors')} ${new ServiceError(error, '').status}`).join(', ')}`,
    `Since ${operation.since}. ${rateText(rate)}`,
    '**Example**',
    exampleText(name, example),
  ].join('\n\n');
}

function responseText({ response, pagination }: Operation, members: OperationDescription['response']): string {
  const inHeaders = Object.values(response.properties).some(({ location }) => location === 'header');
  const headers = inHeaders
    ? ['The [headers of every answer](README.md#answers) are members of this response as well.']
    : [];
  if (Object.keys(members).length === 0) return ['The body is empty.', ...headers].join(' ');
  const pages =
    pagination === undefined ? [] : [`A page has ${pagination.default} items unless \`maxResults\` says otherwise.`];
  return [memberTable(response, members), ...headers, ...pages].join('\n\n');
}

function rateText(rate: number): string {
  return `Where throttling is on, an account can call it ${rate === 1 ? 'once' : `${rate} times`} a second in a region.`;
}

function exampleText<Name extends OperationName>(
  name: Name,
  { request, response }: OperationDescription['example'],
): string {
  const { body } = writeResponse(name, response as ResponseOf<Name>);
  const blocks = [code('http', requestText(name, request as RequestOf<Name>))];
  if (body !== undefined) blocks.push(code('json', readableJson(JSON.parse(body))));
  return blocks.join('\n\n');
}

function requestText(name: OperationName, request: Record<string, unknown>): string {
  const { method, path, request: shape }: Operation = operations[name];
  const { properties }: StructureShape = shape;
  const located = (location: string | undefined) =>
    Object.entries(request).filter(([member]) => properties[member]?.location === location);
  const [label] = located('path');
  const query = located('query').flatMap(([member, values]) =>
    (values as string[]).map((value) => `${member}=${encodeURIComponent(value)}`),
  );
  const target = label === undefined ? path : path.replace(/\{.*\}/, encodeURIComponent(String(label[1])));
  const line = `${method} ${[target, ...(query.length > 0 ? [query.join('&')] : [])].join('?')}`;
  const hasBody = Object.values(properties).some(({ location }) => location === undefined);
  if (!hasBody) return line;
  return `${line}\nContent-Type: application/json\n\n${readableJson(Object.fromEntries(located(undefined)))}`;
}

function code(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
