import type { Command } from 'commander';

const AFTER = `
The database, what waits for the object store, the first access key and, where objects are in a local folder, all objects: docs/backup.md tells what
is in a backup. It holds keys and secrets, so that its file is for its owner alone; keep it where nobody else reads it.

Exit status: 0, 1 when it could not be done (nothing is left of it then), 2 for wrong usage.
`;

/** Adds `proscenium backup` and `proscenium restore`. What they need is loaded when they run. */
export function addBackup(program: Command): void {
  program
    .command('backup <file>')
    .description("Back up a server's data into one file, while it runs or not; - writes to standard output.")
    .option('--data <dir>', "the server's data folder (default: ./data)")
    .option('--config <file>', 'YAML file with the options of the server')
    .option('--json', 'print one JSON object in place of text', false)
    .addHelpText(
      'after',
      `${AFTER}
Examples:
  proscenium backup --config /etc/proscenium.yaml /backups/proscenium-$(date +%F).tar
  proscenium backup - | zstd | ssh backups.example.com 'cat > proscenium.tar.zst'`,
    )
    .action(async (file, options) => {
      const { makeBackup } = await import('./make-backup.ts');
      await makeBackup(file, options);
    });
  program
    .command('restore <file>')
    .description('Put a backup into a data folder that is empty or not there; - reads standard input.')
    .option('--data <dir>', "the server's data folder (default: ./data)")
    .option('--config <file>', 'YAML file with the options of the server')
    .option('--json', 'print one JSON object in place of text', false)
    .addHelpText(
      'after',
      `${AFTER}
Examples:
  mv data data.old && proscenium restore proscenium-2026-11-21.tar
  proscenium restore --config /etc/proscenium.yaml proscenium-2026-11-21.tar`,
    )
    .action(async (file, options) => {
      const { restoreBackup } = await import('./restore-backup.ts');
      await restoreBackup(file, options);
    });
}
