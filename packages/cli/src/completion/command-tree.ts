import type { Command } from 'commander';

/** What may stand for a value. */
export type ValueKind = 'file' | 'folder' | 'other' | readonly string[];

export interface CompletedOption {
  /** With its dashes. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined for one without a value. */
  readonly value: ValueKind | undefined;
}

/** A command as it is completed. */
export interface CompletedCommand {
  /** Names from the program's first command down, each after a slash; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  readonly takesFile: boolean;
}

/** A program's commands, the program itself first. */
export function completedCommands(command: Command, path = ''): CompletedCommand[] {
  const help = { names: ['--help', '-h'], description: 'display help for command', value: undefined };
  const options = command.options
    .filter(({ hidden }) => !hidden)
    .map(({ long, short, flags, description, argChoices }) => ({
      names: [long, short].filter((name) => name != null),
      description,
      value: argChoices ?? valueKind(flags),
    }));
  const own = {
    path,
    commands: command.commands.map((each) => ({ name: each.name(), description: firstSentence(each) })),
    options: [...options, help],
    takesFile: command.registeredArguments.some((argument) => argument.name() === 'file'),
  };
  return [own, ...command.commands.flatMap((each) => completedCommands(each, `${path}/${each.name()}`))];
}

function valueKind(flags: string): ValueKind | undefined {
  const placeholder = /[<[](.+)[>\]]/.exec(flags)?.[1];
  if (placeholder === undefined) return undefined;
  if (placeholder === 'file') return 'file';
  return placeholder === 'dir' ? 'folder' : 'other';
}

function firstSentence(command: Command): string {
  const text = command.summary() || command.description();
  return /^.*?[.:](?=\s|$)/.exec(text)?.[0].replace(/[.:]$/, '') ?? text;
}
