import { Argument, type Command } from 'commander';

/** Adds `proscenium completion`, which knows all commands that the program has when it runs. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print a script with which a shell completes commands and options.')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  proscenium completion bash > /etc/bash_completion.d/proscenium
  proscenium completion zsh > "\${fpath[1]}/_proscenium"
  proscenium completion fish > ~/.config/fish/completions/proscenium.fish
  source <(proscenium completion bash)`,
    )
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const [{ completedCommands }, { bashCompletion, zshCompletion }, { fishCompletion }] = await Promise.all([
        import('./command-tree.ts'),
        import('./bash.ts'),
        import('./fish.ts'),
      ]);
      const write = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }[shell];
      process.stdout.write(write(program.name(), completedCommands(program)));
    });
}
