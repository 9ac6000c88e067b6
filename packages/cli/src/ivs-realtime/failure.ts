import type { JsonObject } from './json/value.ts';

/** What kind of failure it is, and the exit code that AWS CLI 2 has for it. */
const exitCodes = {
  ParamValidation: 252,
  UnknownOptions: 252,
  Configuration: 253,
  NoCredentials: 253,
  NoRegion: 253,
  Service: 254,
  General: 255,
} as const;

export type FailureKind = keyof typeof exitCodes;

/** The command cannot be done. Its message is for whoever typed it. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly kind: FailureKind;
  readonly exitCode: number;
  /** Of an error that the service answered with: its name and its members. */
  readonly answered: { readonly code: string; readonly members: JsonObject } | undefined;
  /** The command line as a whole is wrong: what is right is shown with it. */
  readonly isUsage: boolean;

  constructor(
    kind: FailureKind,
    message: string,
    { answered, isUsage = false }: { answered?: CommandFailure['answered']; isUsage?: boolean } = {},
  ) {
    super(message);
    this.kind = kind;
    this.exitCode = exitCodes[kind];
    this.answered = answered;
    this.isUsage = isUsage;
  }
}

/** A parameter that cannot be read. */
export function badParameter(option: string, what: string): CommandFailure {
  return new CommandFailure('ParamValidation', `Error parsing parameter '${option}': ${what}`);
}

export function badUsage(what: string): CommandFailure {
  return new CommandFailure('ParamValidation', what, { isUsage: true });
}
