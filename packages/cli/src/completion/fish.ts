import type { CompletedCommand, CompletedOption } from './command-tree.ts';

/** A completion for fish. */
export function fishCompletion(name: string, commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => path);
  const valued = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) => (value === undefined ? [] : names.map((each) => `${path}/${each}`))),
  );
  return `# Completion of ${name} for fish: put it into ~/.config/fish/completions/${name}.fish
function __${name}_at
    set -l at ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch "$at/$word"
            case ${paths.map(quote).join(' ')}
                set at "$at/$word"
            case ${valued.map(quote).join(' ')}
                set skip 1
        end
    end
    test "$at" = "$argv[1]"
end
complete -c ${name} -f
${commands.flatMap((command) => linesOf(name, command)).join('\n')}
`;
}

function linesOf(name: string, { path, commands, options, takesFile }: CompletedCommand): string[] {
  const start = `complete -c ${name} -n ${quote(`__${name}_at ${quote(path)}`)}`;
  return [
    ...commands.map((each) => `${start} -a ${quote(each.name)} -d ${quote(each.description)}`),
    ...options.map((option) => `${start} ${optionWords(option)}`),
    ...(takesFile ? [`${start} -F`] : []),
  ];
}

function optionWords({ names, description, value }: CompletedOption): string {
  const spelled = names.map((each) => (each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`));
  return [...spelled, ...valueWords(value), '-d', quote(description)].join(' ');
}

function valueWords(value: CompletedOption['value']): string[] {
  if (value === undefined) return [];
  if (value === 'file' || value === 'folder') return ['-r', '-F'];
  return typeof value === 'string' ? ['-x'] : ['-x', '-a', quote(value.join(' '))];
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
