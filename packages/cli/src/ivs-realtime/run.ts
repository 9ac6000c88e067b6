import type { Operation, Service } from '@proscenium/model';
import type { Caller } from './call/call.ts';
import { badUsage, CommandFailure } from './failure.ts';
import { checkRequest } from './input/check-request.ts';
import { type RequestInput, readRequestInput } from './input/request-input.ts';
import type { JsonObject } from './json/value.ts';
import { commandNamesOf, findOperation, isPaged } from './options/commands.ts';
import { globalOptions } from './options/global-options.ts';
import type { OptionValues } from './options/option.ts';
import { optionsOf } from './options/parameters.ts';
import { invalidChoice, looksLikeOption, scanOptions } from './options/scan.ts';
import type { Printing } from './output/print-answer.ts';
import { errorFormat, readSettings, type Settings } from './settings/settings.ts';

/** What the command runs in. */
export interface Surroundings {
  /** Which API is called. */
  readonly service: Service;
  readonly environment: NodeJS.ProcessEnv;
  readonly version: string;
  /** Columns of the terminal, undefined where there is none. */
  readonly terminalColumns: number | undefined;
  writeOutput(text: string): void;
  writeError(text: string): void;
}

/** Runs `proscenium ivs-realtime …` or `proscenium ivs …` with these words after it. @returns the exit code */
export async function runApiCommand(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { service } = surroundings;
  let values: OptionValues = new Map();
  try {
    const scanned = scanOptions(words, globalOptions);
    values = scanned.values;
    await run(scanned.rest, values, surroundings);
    return 0;
  } catch (error) {
    const failure = await asFailure(error);
    const { formatFailure } = await import('./output/print-failure.ts');
    const format = errorFormat(values, surroundings.environment);
    surroundings.writeError(
      await formatFailure(failure, { format, colored: values.get('color')?.[0] === 'on', service }),
    );
    return failure.exitCode;
  }
}

async function run(words: readonly string[], globals: OptionValues, surroundings: Surroundings): Promise<void> {
  if (globals.has('version')) {
    const { version, writeOutput } = surroundings;
    writeOutput(`proscenium/${version} Node/${process.versions.node} ${process.platform}/${process.arch}\n`);
    return;
  }
  if (globals.has('cli-auto-prompt')) throw badUsage('argument --cli-auto-prompt: not available here');
  const at = words.findIndex((word) => !looksLikeOption(word));
  const command = words[at];
  if (command === undefined) throw badUsage('the following arguments are required: operation');
  const rest = words.toSpliced(at, 1);
  if (command === 'help') {
    const { overview } = await import('./help/overview.ts');
    surroundings.writeOutput(overview(surroundings.service));
    return;
  }
  const operation = await findOperation(surroundings.service, command);
  if (operation === undefined) {
    const choices = [...commandNamesOf(surroundings.service), 'help'];
    throw badUsage(`argument operation: ${invalidChoice(command, choices)}`);
  }
  if (rest[0] === 'help') {
    const { commandManual } = await import('./help/manual.ts');
    surroundings.writeOutput(commandManual(operation));
    return;
  }
  await runOperation(operation, rest, globals, surroundings);
}

async function runOperation(
  operation: Operation,
  words: readonly string[],
  globals: OptionValues,
  surroundings: Surroundings,
): Promise<void> {
  const { values, rest } = scanOptions(words, optionsOf(operation));
  const query = await readQuery(globals);
  const input = await readRequestInput(operation, values);
  if (rest.length > 0) {
    const [first = ''] = rest;
    // What stands where `help` may stand is told last.
    const shown = words[0] === first && !looksLikeOption(first) ? [...rest.slice(1), first] : rest;
    throw new CommandFailure('UnknownOptions', `Unknown options: ${shown.join(', ')}`);
  }
  const [skeleton] = values.get('generate-cli-skeleton') ?? [];
  if (values.has('generate-cli-skeleton') && skeleton !== 'output') {
    surroundings.writeOutput(await inputSkeletonText(operation, skeleton));
    return;
  }
  const settings = readSettings(globals, surroundings);
  const printing: Printing = {
    format: settings.output,
    query,
    title: operation.name,
    look: tableLook(globals, surroundings),
    write: surroundings.writeOutput,
  };
  const { printAnswer } = await import('./output/print-answer.ts');
  const answer = values.has('generate-cli-skeleton')
    ? await skeletonAnswer(operation, input.request)
    : await answerOf(operation, input, { values, globals, settings, surroundings });
  await printAnswer(answer, printing);
}

interface Run {
  readonly values: OptionValues;
  readonly globals: OptionValues;
  readonly settings: Settings;
  readonly surroundings: Surroundings;
}

async function answerOf(operation: Operation, { request, pagesByItself }: RequestInput, run: Run) {
  const pages = pageOptions(run.values);
  const paginates = isPaged(operation) && !run.globals.has('no-paginate') && !pagesByItself;
  const used = ['starting-token', 'page-size', 'max-items'].filter((name) => run.values.has(name));
  if (!paginates && used.length > 0) {
    const listed = used.map((name) => `--${name}`).join(', ');
    throw new CommandFailure(
      'General',
      `Error during pagination: Cannot specify --no-paginate along with pagination arguments: ${listed}`,
    );
  }
  fillIdempotencyToken(operation, request);
  checkRequest(
    operation.request,
    pages.pageSize === undefined ? request : new Map([...request, ['maxResults', pages.pageSize]]),
  );
  const caller = await prepareCaller(run);
  const { callOperation } = await import('./call/call.ts');
  if (!paginates) return await callOperation(operation, request, caller);
  const { Pages } = await import('./call/pages.ts');
  return new Pages(operation, request, pages, (page) => callOperation(operation, page, caller));
}

function pageOptions(values: OptionValues) {
  const number = (name: string) => {
    const [word] = values.get(name) ?? [];
    return word === undefined ? undefined : Number(word);
  };
  return {
    startingToken: values.get('starting-token')?.[0],
    pageSize: number('page-size'),
    maxItems: number('max-items'),
  };
}

/** So that the call can be made again without doing its work twice. */
function fillIdempotencyToken({ request: { properties } }: Operation, request: JsonObject): void {
  if ('idempotencyToken' in properties && !request.has('idempotencyToken')) {
    request.set('idempotencyToken', crypto.randomUUID());
  }
}

async function prepareCaller({ globals, settings, surroundings }: Run): Promise<Caller> {
  const { environment, version, service, writeError } = surroundings;
  const credentials = settings.signs
    ? await (await import('./settings/credentials.ts')).findCredentials(settings.profile, environment)
    : undefined;
  const log = globals.has('debug') ? (await import('./call/wire-log.ts')).wireLog(writeError) : undefined;
  return { settings, credentials, userAgent: `proscenium/${version} ${service}`, log };
}

async function readQuery(globals: OptionValues): Promise<Printing['query']> {
  const [expression] = globals.get('query') ?? [];
  if (expression === undefined) return undefined;
  const [{ compileQuery }, { QueryError }] = await Promise.all([
    import('./jmespath/query.ts'),
    import('./jmespath/query-error.ts'),
  ]);
  try {
    return compileQuery(expression);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new CommandFailure('ParamValidation', `Bad value for --query ${expression}: ${error.message}`);
  }
}

async function inputSkeletonText(operation: Operation, form: string | undefined): Promise<string> {
  if (form === 'yaml-input') return (await import('./input/yaml-skeleton.ts')).yamlSkeleton(operation);
  const [{ inputSkeleton }, { writeJson }] = await Promise.all([
    import('./input/skeleton.ts'),
    import('./json/write-json.ts'),
  ]);
  return `${writeJson(inputSkeleton(operation.request), { indent: 4 })}\n`;
}

async function skeletonAnswer(operation: Operation, request: JsonObject): Promise<JsonObject> {
  fillIdempotencyToken(operation, request);
  checkRequest(operation.request, request);
  const [{ outputSkeleton }, { enumerations, simpleShapes }] = await Promise.all([
    import('./input/skeleton.ts'),
    import('@proscenium/model/descriptions'),
  ]);
  const names = new Map<object, string>([...simpleShapes, ...enumerations].map(({ name, shape }) => [shape, name]));
  const skeleton = outputSkeleton(operation.response, names);
  return skeleton instanceof Map ? skeleton : new Map();
}

function tableLook(globals: OptionValues, { terminalColumns }: Surroundings): Printing['look'] {
  const [color = 'auto'] = globals.get('color') ?? [];
  return {
    widthColumns: terminalColumns ?? 80,
    colored: color === 'on' || (color === 'auto' && terminalColumns !== undefined),
  };
}

/** Faults of the program itself are no failures of the command: they go on as they are. */
async function asFailure(error: unknown): Promise<CommandFailure> {
  if (error instanceof CommandFailure) return error;
  const [{ QueryError }, { TableError }] = await Promise.all([
    import('./jmespath/query-error.ts'),
    import('./output/table.ts'),
  ]);
  if (error instanceof QueryError || error instanceof TableError) return new CommandFailure('General', error.message);
  throw error;
}
