import type { CompletedCommand, ValueKind } from './command-tree.ts';

/** A completion for bash, from version 3 on. */
export function bashCompletion(name: string, commands: readonly CompletedCommand[]): string {
  const functionName = `_${name}`;
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => path);
  const valued = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      value === undefined ? [] : names.map((each) => ({ at: `${path}/${each}`, value })),
    ),
  );
  const values = valued.filter(({ value }) => value !== 'other');
  return `# Completion of ${name} for bash: source this, or put it where bash-completion looks for it.
${functionName}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev='' at='' skip='' word index words='' files=''
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [ -n "$skip" ]; then skip=''; continue; fi
    case "$at/$word" in
      ${paths.join('|')}) at="$at/$word" ;;
      ${valued.map(({ at }) => at).join('|')}) skip=1; prev=$word ;;
    esac
  done
  if [ -n "$skip" ]; then
    case "$at/$prev" in
${values.map(({ at, value }) => `      ${at}) ${completeValue(value)} ;;`).join('\n')}
    esac
    return
  fi
  case "$at" in
${commands.map((command) => `    '${command.path}') ${wordsOf(command)} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [ -n "$files" ]; then
    case "$cur" in
      -*) ;;
      *) COMPREPLY+=($(compgen -f -- "$cur")) ;;
    esac
  fi
}
complete -o filenames -F ${functionName} ${name}
`;
}

/** zsh runs that of bash. */
export function zshCompletion(name: string, commands: readonly CompletedCommand[]): string {
  return `#compdef ${name}
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bashCompletion(name, commands)}`;
}

function completeValue(value: ValueKind): string {
  if (value === 'file') return 'COMPREPLY=($(compgen -f -- "$cur"))';
  if (value === 'folder') return 'COMPREPLY=($(compgen -d -- "$cur"))';
  return typeof value === 'string' ? ':' : `COMPREPLY=($(compgen -W '${value.join(' ')}' -- "$cur"))`;
}

function wordsOf({ commands, options, takesFile }: CompletedCommand): string {
  const long = options.flatMap(({ names }) => names.filter((each) => each.startsWith('--')));
  const words = [...commands.map(({ name }) => name), ...long].join(' ');
  return `words='${words}'${takesFile ? '; files=1' : ''}`;
}
