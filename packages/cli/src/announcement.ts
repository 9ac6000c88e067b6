import type { RunningServer } from '@proscenium/server';

/** What a started server tells about itself; secrets are not among it. */
export type Announced = Pick<
  RunningServer,
  'endpoint' | 'account' | 'region' | 'consoleUrl' | 'consoleLink' | 'media' | 'ingest' | 'credentialsFile'
>;

/** One line of JSON, for programs that start a server. */
export function jsonAnnouncement(server: Announced): string {
  const { endpoint, account, region, consoleUrl, consoleLink, media, ingest, credentialsFile } = server;
  const { announcedAddresses, ports } = media;
  const announcement = {
    ready: true,
    endpoint,
    account,
    region,
    media: { announcedAddresses, ports },
    ingest,
    console: consoleUrl,
    consoleLink,
    credentialsFile,
  };
  return `${JSON.stringify(announcement)}\n`;
}

/** For people: what is where, and how to go on. */
export function textAnnouncement(server: Announced): string {
  const { endpoint, account, region, consoleUrl, consoleLink, media, ingest, credentialsFile } = server;
  const ports = media.ports.map(({ protocol, port }) => `${protocol}/${port}`).join(' ');
  // The first version of the AWS CLI reads only AWS_DEFAULT_REGION, the SDKs read only AWS_REGION.
  const regions = `AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`;
  const credentials = credentialsFile === undefined ? '' : `AWS_SHARED_CREDENTIALS_FILE=${quote(credentialsFile)} `;
  return `
Account ${account}, region ${region}
${ports === '' ? 'No media' : `Media on ${ports} of ${media.announcedAddresses.join(', ')}`}
${encoders(ingest)}
Call the API${credentialsFile === undefined ? ' with one of the configured access keys' : ''}:
  export ${credentials}${regions}
  aws ivs-realtime create-stage --name stage1 --participant-token-configurations userId=alice userId=bob --endpoint-url ${endpoint}

Console: ${consoleUrl}${consoleLink === undefined ? '' : `\nThe same, signed in once, on this machine: ${consoleLink}`}
Try it in a browser (makes a stage with two participants): ${endpoint}/try

Ready at ${endpoint}
`;
}

function encoders({ rtmp, rtmps }: Announced['ingest']): string {
  const servers = [rtmps, rtmp].filter((server) => server !== undefined);
  return servers.length === 0 ? '' : `Encoders publish to ${servers.join(' or ')}\n`;
}

/** As a shell reads it back unchanged. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
