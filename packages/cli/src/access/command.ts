import { type Command, InvalidArgumentError } from 'commander';
import type { AccessCommands, AccessOptions } from './access.ts';

const AFTER = `
Users belong to the server's own account unless --account names another one. They are kept in its data folder (--data, or that of --config), where
these commands change them whether the server runs or not; one that runs goes by it from the next request on. What a user may do is
said by policies in the form of IAM, see docs/access.md.

Exit status: 0, 1 when the order was refused, 2 for wrong usage.

Examples:
  proscenium access user create bob --policy IVSReadOnlyAccess
  proscenium access key create bob >> ~/.aws/credentials
  proscenium access policy put tokens tokens.json && proscenium access user attach bob tokens
  proscenium access simulate bob ivs:DeleteStage arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh
  proscenium access key rotate PRSCEXAMPLE000000001`;

/** Adds `proscenium access`. What it needs is loaded when it runs. */
export function addAccess(program: Command): void {
  const access = program
    .command('access')
    .description('Manage who may call the API, and what they may do: users, their access keys, and policies.')
    .addHelpText('after', AFTER);
  addUsers(access.command('user').description('Users: whom access keys belong to.'));
  addKeys(access.command('key').description('Access keys: two at most for a user.'));
  addPolicies(access.command('policy').description('Policies, which say what users may do.'));
  leaf(
    access,
    'simulate <user> <action> [resource]',
    'Say whether a user may do something, without doing it.',
    'simulate',
  )
    .option('--resource-tag <key=value>', 'a tag of the resource; once for each', collectTag)
    .option('--request-tag <key=value>', 'a tag that the request brings; once for each', collectTag);
}

function addUsers(user: Command): void {
  leaf(user, 'list', 'List the users.', 'listUsers');
  leaf(user, 'show <user>', 'Show a user with its policies and access keys.', 'showUser');
  leaf(user, 'create <user>', 'Make a user, who may do nothing but what its policies say.', 'createUser').option(
    '--policy <name>',
    'a policy to attach; once for each',
    collect,
  );
  leaf(user, 'delete <user>', 'Delete a user, with its access keys.', 'deleteUser');
  leaf(user, 'attach <user> <policy>', 'Attach a policy to a user.', 'attachPolicy');
  leaf(user, 'detach <user> <policy>', 'Detach a policy from a user.', 'detachPolicy');
}

function addKeys(key: Command): void {
  leaf(key, 'list [user]', 'List the access keys of a user, or of all; not those of the configuration.', 'listKeys');
  leaf(key, 'create <user>', 'Make an access key, and show its secret, this once.', 'createKey');
  leaf(key, 'disable <id>', 'Let a key open nothing any more, until it is enabled.', 'disableKey');
  leaf(key, 'enable <id>', 'Let a disabled key open again.', 'enableKey');
  leaf(key, 'rotate <id>', 'Put a new key in the place of this one, and show its secret, this once.', 'rotateKey');
  leaf(key, 'delete <id>', 'Delete a key.', 'deleteKey');
}

function addPolicies(policy: Command): void {
  leaf(policy, 'list', 'List the policies.', 'listPolicies');
  leaf(policy, 'show <policy>', 'Show a policy.', 'showPolicy');
  leaf(
    policy,
    'put <policy> <file>',
    'Make a policy of a JSON document, or replace it; - reads standard input.',
    'putPolicy',
  );
  leaf(policy, 'delete <policy>', 'Delete a policy that no user has.', 'deletePolicy');
  policy
    .command('check <file>')
    .description('Say whether a document can be used, without a server; - reads standard input.')
    .option('--json', 'print one JSON object in place of text', false)
    .action(async (file: string, { json }: { json: boolean }) => {
      const { checkPolicy } = await import('./check-policy.ts');
      await checkPolicy(file, json);
    });
}

/** A command that opens the data folder. */
function leaf(parent: Command, usage: string, description: string, name: keyof AccessCommands): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--data <dir>', "the server's data folder (default: ./data)")
    .option('--config <file>', 'YAML file with the options of the server')
    .option('--account <id>', "whose users, in twelve digits (default: the server's own)", accountId)
    .option('--json', 'print one JSON object in place of text', false)
    .action(async (...given: unknown[]) => {
      // Commander hands arguments over, then options, then the command.
      const options = given.at(-2) as AccessOptions;
      const { runAccess } = await import('./access.ts');
      await runAccess(name, given.slice(0, -2) as (string | undefined)[], options);
    });
}

function accountId(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('It must have twelve digits.');
  return text;
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

function collectTag(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('It must be KEY=VALUE.');
  return { ...earlier, [text.slice(0, equals)]: text.slice(equals + 1) };
}
