/** Exit status of a command that was called in a way that it cannot be. */
const WRONG_USAGE = 2;

/** Names of errors that are told in their own words: something is as it should not be, and no fault of the program. */
const told: Readonly<Record<string, number>> = {
  AdministrationError: 1,
  BackupError: 1,
  PolicyError: 1,
  CommandError: 1,
  ConfigError: WRONG_USAGE,
};

/** Why a command could not do what it was asked for, in words for people. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Runs a command to its end, and says what kept it from that. The exit status is 1 then, 2 for a wrong use. */
export async function endCommand(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Error) || told[error.name] === undefined) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = told[error.name];
  }
}

/** Prints what came of a command: one line of JSON for programs, or text for people. */
export function printResult(json: boolean, value: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
}
