import os from 'node:os';
import {
  type NewKey,
  type OpenAdministration,
  openAdministration,
  type ShownKey,
  type ShownPolicy,
  type ShownUser,
} from '@proscenium/server/administering';
import { loadConfig } from '@proscenium/server/configuring';
import { endCommand, printResult } from '../terminal/end-command.ts';
import { formatTable } from '../terminal/table.ts';
import { readDocument } from './read-document.ts';

export interface AccessOptions {
  data?: string;
  config?: string;
  account?: string;
  json: boolean;
  policy?: string[];
  resourceTag?: Record<string, string>;
  requestTag?: Record<string, string>;
}

/** What is printed: a value for programs, text for people. */
type Result = { readonly value: unknown; readonly text: string };

type Arguments = readonly (string | undefined)[];

/** Runs one command on the users of a data folder. */
export async function runAccess(name: keyof AccessCommands, given: Arguments, options: AccessOptions): Promise<void> {
  await endCommand(
    (async () => {
      const { data: flag, config: file, account: named, json } = options;
      const { data, account } = loadConfig({ file, environment: process.env, flags: { data: flag } });
      const actor = `${os.userInfo().username}@${os.hostname()}`;
      const administration = await openAdministration(data, { account: named ?? account, actor });
      try {
        const { value, text } = await commands[name](administration, given, options);
        printResult(json, value, text);
      } finally {
        await administration.close();
      }
    })(),
  );
}

const commands = {
  listUsers: async ({ users }: OpenAdministration) => userTable(await users.list()),
  showUser: async ({ users }: OpenAdministration, [name = '']: Arguments) => shownUser(await users.get(name)),
  createUser: async ({ users }: OpenAdministration, [name = '']: Arguments, { policy = [] }: AccessOptions) =>
    shownUser(await users.create(name, policy)),
  deleteUser: async ({ users }: OpenAdministration, [name = '']: Arguments) => {
    await users.delete(name);
    return done({ deleted: name }, `Deleted ${name}`);
  },
  attachPolicy: async ({ users }: OpenAdministration, [name = '', policy = '']: Arguments) =>
    shownUser(await users.attachPolicy(name, policy)),
  detachPolicy: async ({ users }: OpenAdministration, [name = '', policy = '']: Arguments) =>
    shownUser(await users.detachPolicy(name, policy)),

  listKeys: async ({ keys }: OpenAdministration, [user]: Arguments) => keyTable(await keys.list(user)),
  createKey: async ({ keys }: OpenAdministration, [user = '']: Arguments) => newKey(await keys.create(user)),
  disableKey: async ({ keys }: OpenAdministration, [id = '']: Arguments) => keyTable([await keys.setActive(id, false)]),
  enableKey: async ({ keys }: OpenAdministration, [id = '']: Arguments) => keyTable([await keys.setActive(id, true)]),
  rotateKey: async ({ keys }: OpenAdministration, [id = '']: Arguments) => newKey(await keys.rotate(id)),
  deleteKey: async ({ keys }: OpenAdministration, [id = '']: Arguments) => {
    await keys.delete(id);
    return done({ deleted: id }, `Deleted ${id}`);
  },

  listPolicies: async ({ policies }: OpenAdministration) => policyTable(await policies.list()),
  showPolicy: async ({ policies }: OpenAdministration, [name = '']: Arguments) => shownPolicy(await policies.get(name)),
  putPolicy: async ({ policies }: OpenAdministration, [name = '', file = '']: Arguments) =>
    shownPolicy(await policies.put(name, await readDocument(file))),
  deletePolicy: async ({ policies }: OpenAdministration, [name = '']: Arguments) => {
    await policies.delete(name);
    return done({ deleted: name }, `Deleted ${name}`);
  },

  simulate: async (
    { simulation }: OpenAdministration,
    [user = '', action = '', resource = '*']: Arguments,
    { requestTag, resourceTag }: AccessOptions,
  ) => {
    const request = { action, resource, requestTags: requestTag, resourceTags: resourceTag };
    const simulated = await simulation.ask(user, request);
    if (simulated.decision !== 'Allow') process.exitCode = 1;
    const words = { Allow: 'allowed', ExplicitDeny: 'denied by a policy', ImplicitDeny: 'denied: no policy allows it' };
    const has = simulated.policies.join(', ') || 'no policy';
    return done(simulated, `${words[simulated.decision]} (${user} has ${has})`);
  },
} satisfies Record<
  string,
  (administration: OpenAdministration, given: Arguments, options: AccessOptions) => Promise<Result>
>;

export type AccessCommands = typeof commands;

function done(value: unknown, text: string): Result {
  return { value, text: `${text}\n` };
}

function userTable(users: readonly ShownUser[]): Result {
  const rows = users.map(({ name, policies, accessKeys, configuredAccessKeys, configured }) => [
    name,
    policies.join(', ') || '-',
    String(accessKeys.length + configuredAccessKeys),
    configured ? 'configuration' : '',
  ]);
  return { value: { users }, text: formatTable(['USER', 'POLICIES', 'KEYS', 'SET BY'], rows) };
}

function shownUser(user: ShownUser): Result {
  const { name, policies, accessKeys, configuredAccessKeys, configured } = user;
  const lines = [
    `User      ${name}${configured ? ', set by the configuration' : ''}`,
    `Policies  ${policies.join(', ') || 'none: it may do nothing'}`,
    ...accessKeys.map((key, index) => `${index === 0 ? 'Keys' : ''}`.padEnd(10) + describeKey(key)),
    ...(accessKeys.length === 0 && configuredAccessKeys === 0 ? ['Keys      none'] : []),
    ...(configuredAccessKeys > 0
      ? [`${accessKeys.length === 0 ? 'Keys' : ''}`.padEnd(10) + configuredKeys(configuredAccessKeys)]
      : []),
  ];
  return { value: user, text: lines.map((line) => `${line}\n`).join('') };
}

function configuredKeys(count: number): string {
  return `${count} of the configuration`;
}

function describeKey({ accessKeyId, active, createdTime }: ShownKey): string {
  return `${accessKeyId}, ${active ? 'active' : 'disabled'}, since ${formatDay(createdTime)}`;
}

function keyTable(accessKeys: readonly ShownKey[]): Result {
  const rows = accessKeys.map(({ accessKeyId, userName, active, createdTime }) => [
    accessKeyId,
    userName,
    active ? 'active' : 'disabled',
    formatDay(createdTime),
  ]);
  return { value: { accessKeys }, text: formatTable(['KEY', 'USER', 'STATUS', 'SINCE'], rows) };
}

/** The text is a profile of a credentials file, to be appended to one. */
function newKey(key: NewKey): Result {
  const { accessKeyId, secretAccessKey, userName } = key;
  process.stderr.write('This secret is not shown again.\n');
  const profile = `[${userName}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  return { value: key, text: profile };
}

function policyTable(policies: readonly ShownPolicy[]): Result {
  const rows = policies.map(({ name, managed, configured, users }) => [
    name,
    managed ? 'every account' : configured ? 'configuration' : 'commands',
    users.join(', ') || '-',
  ]);
  return { value: { policies }, text: formatTable(['POLICY', 'SET BY', 'USERS'], rows) };
}

function shownPolicy(policy: ShownPolicy): Result {
  return { value: policy, text: `${JSON.stringify(policy.document, undefined, 2)}\n` };
}

function formatDay(time: Date): string {
  return time.toISOString().slice(0, 10);
}
