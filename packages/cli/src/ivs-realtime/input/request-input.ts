import type { Operation } from '@proscenium/model';
import { badParameter, badUsage, CommandFailure } from '../failure.ts';
import { pythonType } from '../json/python-text.ts';
import { JsonSyntaxError, readJson } from '../json/read-json.ts';
import { Float, type Json, type JsonObject } from '../json/value.ts';
import type { OptionValues } from '../options/option.ts';
import { type Parameter, parametersOf } from '../options/parameters.ts';
import { ParameterFileError, resolveFile } from './parameter-file.ts';
import { readParameter } from './read-parameter.ts';

/** What a command line asks for. */
export interface RequestInput {
  readonly request: JsonObject;
  /** Whether the caller pages: by options or by the document of the whole request. */
  readonly pagesByItself: boolean;
}

/**
 * The request that the options make, with what they leave out from the document that holds a whole request.
 *
 * @throws CommandFailure when a required parameter is not there, or one cannot be read
 */
export async function readRequestInput(operation: Operation, values: OptionValues): Promise<RequestInput> {
  const parameters = parametersOf(operation);
  const skeleton = values.get('generate-cli-skeleton');
  const takesAll = values.has('cli-input-json') || values.has('cli-input-yaml');
  const missing = parameters.filter((parameter) => parameter.required && !isGiven(parameter, values));
  if (missing.length > 0 && !takesAll && (skeleton === undefined || skeleton[0] === 'output')) {
    throw badUsage(`the following arguments are required: ${missing.map(({ option }) => option).join(', ')}`);
  }
  const request: JsonObject = new Map();
  for (const parameter of parameters) {
    const value = readValue(parameter, values);
    if (value !== undefined) request.set(parameter.member, value);
  }
  const document = await readDocument(values);
  for (const [name, value] of document) if (!request.has(name)) request.set(name, value);
  return { request, pagesByItself: request.has('nextToken') || request.has('maxResults') };
}

function isGiven({ option }: Parameter, values: OptionValues): boolean {
  return values.has(option.slice(2));
}

function readValue({ option, shape }: Parameter, values: OptionValues): Json | undefined {
  const name = option.slice(2);
  if (shape['~kind'] === 'Boolean') {
    // The last one counts.
    const given = [...values.keys()].filter((each) => each === name || each === `no-${name}`).at(-1);
    return given === undefined ? undefined : given === name;
  }
  const words = values.get(name);
  return words && readParameter(option, shape, words);
}

async function readDocument(values: OptionValues): Promise<JsonObject> {
  const [json] = values.get('cli-input-json') ?? [];
  const [yaml] = values.get('cli-input-yaml') ?? [];
  if (json !== undefined && yaml !== undefined) {
    throw new CommandFailure('ParamValidation', 'Only one --cli-input- parameter may be specified.');
  }
  if (json !== undefined) return asObject('--cli-input-json', readJsonDocument(json));
  if (yaml !== undefined) return asObject('--cli-input-yaml', await readYamlDocument(yaml));
  return new Map();
}

function readJsonDocument(word: string): Json {
  const text = resolve('cli-input-json', word);
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badParameter('cli-input-json', `Invalid JSON: ${error.message}\nJSON received: ${text}`);
  }
}

async function readYamlDocument(word: string): Promise<Json> {
  const text = resolve('cli-input-yaml', word);
  const { isScalar, parseDocument, visit } = await import('yaml');
  const document = parseDocument(text, { intAsBigInt: false, maxAliasCount: 100 } as object);
  const [fault] = document.errors;
  if (fault !== undefined) throw badParameter('cli-input-yaml', `Invalid YAML received: ${fault.message}`);
  visit(document, {
    Scalar: (_key, node) => {
      // As whole numbers, 30 and 30.0 would be the same.
      const isFloat = isScalar(node) && typeof node.value === 'number' && /[.e]/i.test(String(node.source));
      if (isFloat) node.value = new Float(node.value as number);
    },
  });
  return fromYaml(document.toJS({ mapAsMap: true, maxAliasCount: 100 }));
}

function fromYaml(value: unknown): Json {
  if (Array.isArray(value)) return value.map(fromYaml);
  if (value instanceof Map) return new Map([...value].map(([name, member]) => [String(name), fromYaml(member)]));
  return (value ?? null) as Json;
}

function resolve(option: string, word: string): string {
  try {
    return resolveFile(word);
  } catch (error) {
    if (error instanceof ParameterFileError) throw badParameter(option, error.message);
    throw error;
  }
}

function asObject(option: string, value: Json): JsonObject {
  if (value instanceof Map) return value;
  throw badParameter(option, `Invalid type: expecting map, received <class '${pythonType(value)}'>`);
}
