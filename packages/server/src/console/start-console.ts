import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { isLoopback } from '../http/loopback.ts';
import type { AccessKeys } from '../identity/access-keys.ts';
import { ConsoleInvitation, type KeysOfUsers } from './console-invitation.ts';
import { type ConsoleRoutesOptions, consoleRoutes } from './console-routes.ts';

export interface StartConsoleParts {
  readonly users: KeysOfUsers;
  /** Who acts in a console that the link opened; undefined: nobody, so that there is no link. */
  readonly firstUserName: string | undefined;
  readonly clock: Clock;
}

type OwnOptions = 'account' | 'region' | 'startedAt' | 'invitation' | 'channels';

export interface StartedConsole {
  /** All keys, with that of who came by the link. */
  readonly accessKeys: AccessKeys;
  /** Opens the console once, in a browser on this machine; undefined where that is not possible. */
  linkAt(baseUrl: string): string | undefined;
  addRoutes(app: FastifyInstance, options: Omit<ConsoleRoutesOptions, OwnOptions>): Promise<void>;
}

/** The way into the console, and what it asks beside the API. */
export function startConsole(
  { account, region, publicUrl, listen, compositions: { channels } }: Config,
  { users, firstUserName, clock }: StartConsoleParts,
): StartedConsole {
  const startedAt = clock.now();
  // Behind a public address everybody seems to be on this machine, since a proxy is.
  const isOwnMachine = publicUrl === undefined && isLoopback(listen.host);
  const invitation =
    isOwnMachine && firstUserName !== undefined
      ? new ConsoleInvitation(users, { account, userName: firstUserName }, clock)
      : undefined;
  return {
    accessKeys: invitation ?? users,
    linkAt: (baseUrl) => invitation && `${baseUrl}/console#link=${invitation.code}`,
    addRoutes: async (app, options) => {
      await app.register(consoleRoutes, { ...options, account, region, startedAt, invitation, channels });
    },
  };
}
