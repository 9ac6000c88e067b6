import { AccessDeniedException, parseArn, type Scope } from '@proscenium/model';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type Permissions, plainRequest } from '../access/permissions.ts';
import type { ChannelConfig } from '../config/compositions.ts';
import { createAnswers } from '../http/answer.ts';
import { leaveBodyUnread, readBody } from '../http/body.ts';
import { checkHost } from '../http/host.ts';
import { isFromLoopback } from '../http/loopback.ts';
import { isFromOwnPage } from '../http/own-page.ts';
import { createSignatureCheck, type SignatureRules } from '../http/signature-check.ts';
import { openMetrics, writeMetrics } from '../metrics/exposition.ts';
import type { MetricFamily } from '../metrics/metric.ts';
import type { EncoderEndpoints } from '../stages/endpoints.ts';
import type { ConsoleInvitation } from './console-invitation.ts';

export type ConsoleRoutesOptions = SignatureRules & {
  /** Accepted `Host` names, without port. IP addresses are always accepted. */
  readonly hosts: readonly string[];
  readonly logger: Logger;
  readonly permissions: Permissions;
  /** The server's own. */
  readonly account: string;
  readonly region: string;
  readonly startedAt: Date;
  /** Undefined where nobody gets in without an access key. */
  readonly invitation: ConsoleInvitation | undefined;
  /** Whether recordings are kept in the server's own folder, where it serves them itself. */
  readonly servesObjects: boolean;
  readonly ingest: EncoderEndpoints;
  /** Undefined: each one that somebody names is there, built in. */
  readonly channels: readonly ChannelConfig[] | undefined;
  readonly collectMetrics: () => Promise<MetricFamily[]>;
};

const signInLimitBytes = 256;

/** What the console asks beside the API: the way in, and about the server itself (docs/console.md). */
export async function consoleRoutes(app: FastifyInstance, options: ConsoleRoutesOptions): Promise<void> {
  const { clock, hosts, logger, permissions, account, region, invitation, servesObjects, ingest, channels } = options;
  const answers = createAnswers(clock, logger);
  const checkSignature = createSignatureCheck(options);
  leaveBodyUnread(app);
  app.setErrorHandler((error, request, reply) => answers.error(request, reply, error));
  app.addHook('onRequest', async ({ headers }) => checkHost(headers.host, hosts));

  app.get('/console/sign-in', (_, reply) => answers.response(reply, { body: JSON.stringify({ region }), headers: {} }));

  // Without a signature, hence for the machine itself alone, and for our own page alone.
  app.post('/console/sign-in', async (request, reply) => {
    const code = (await readBody(request.raw, signInLimitBytes)).toString();
    const isOurs = isFromLoopback(request) && isFromOwnPage(request);
    const key = isOurs ? invitation?.take(code) : undefined;
    if (!key) throw new AccessDeniedException('The link was used before, or is not of this start of the server.');
    const { accessKeyId, secretAccessKey } = key;
    logger.info({ accessKeyId }, 'the console was opened by the link of this start');
    return answers.response(reply, { body: JSON.stringify({ accessKeyId, secretAccessKey, region }), headers: {} });
  });

  app.get('/proscenium/server', async (request, reply) => {
    const { principal } = await checkSignature(request);
    await permissions.demand(principal, [plainRequest('proscenium:GetServer')]);
    const isAtHome = principal.account === account && principal.region === region;
    const body = JSON.stringify({
      account: principal.account,
      userName: principal.userName,
      region: principal.region,
      // What concerns all accounts is for the server's own.
      isOperator: principal.account === account,
      startTime: options.startedAt.toISOString(),
      servesObjects,
      channelsPath: isAtHome ? '/channels/' : `/channels/${principal.account}/${principal.region}/`,
      ingest,
      ...(channels && { channels: channels.filter(({ arn }) => belongsTo(arn, principal)).map(tellChannel) }),
    });
    return answers.response(reply, { body, headers: {} });
  });

  app.get('/proscenium/server/metrics', async (request, reply) => {
    const { principal } = await checkSignature(request);
    if (principal.account !== account) {
      throw new AccessDeniedException(
        'Only access keys of the account that the server itself belongs to may read this.',
      );
    }
    await permissions.demand(principal, [plainRequest('proscenium:GetServerMetrics')]);
    const text = await writeMetrics(await options.collectMetrics(), openMetrics);
    return answers.response(reply, { body: JSON.stringify({ text }), headers: {} });
  });
}

function belongsTo(arn: string, { account, region }: Scope): boolean {
  const parsed = parseArn(arn);
  return parsed?.account === account && parsed.region === region;
}

/** Without what may be secret in an address. */
function tellChannel(channel: ChannelConfig): { arn: string; address?: string } {
  if (channel.type === 'builtIn') return { arn: channel.arn };
  const { protocol, host, pathname } = new URL(channel.url);
  return { arn: channel.arn, address: `${protocol}//${host}${pathname}` };
}
