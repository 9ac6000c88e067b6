import { type Check, failed, ok, skipped } from '../check.ts';
import { formatHost } from '../configuration.ts';
import { isProscenium } from '../server/health.ts';
import { localServer } from '../server/local-server.ts';
import { findPortHolder, formatHolder } from './port-holder.ts';
import { explainRefusal, tryPort } from './try-port.ts';

/** Whether the port of the API is free, or has our server on it. */
export const apiPortCheck: Check<'config'> = {
  id: 'api-port',
  title: 'Port of the API',
  needs: ['config'],
  timeoutMs: 10_000,
  async run({ config }, signal) {
    const { host, port } = config.listen;
    if (port === 0) return { findings: [skipped('the server takes any port that is free')] };
    const where = `${formatHost(host)}:${port}`;
    const refusal = await tryPort('tcp', host, port);
    if (refusal === undefined) return { findings: [ok(`${where} is free`)] };
    if (refusal !== 'EADDRINUSE') {
      const { says, remedy } = explainRefusal(refusal, host, port);
      return { findings: [failed(says, remedy)] };
    }
    const holder = await findPortHolder('tcp', port);
    if (await isProscenium(localServer(config), signal)) {
      return { findings: [ok(`${where} has a server of ours${holder ? `: ${formatHolder(holder)}` : ''}`)] };
    }
    return {
      findings: [
        failed(
          `${where} is held by ${formatHolder(holder)}`,
          'End that program, or let the server listen elsewhere (listen).',
        ),
      ],
    };
  },
};
