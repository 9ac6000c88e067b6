import { parseArn, type Scope } from '@proscenium/model';

/**
 * Where a built-in channel is, below `/channels/` and in the bucket: its id, where it is of the server's own account and
 * region, and account, region and id otherwise, for two of them may have one of the same id.
 *
 * @param own account and region of the server
 */
export function channelPath(channelArn: string, own: Scope): string {
  const parsed = parseArn(channelArn);
  if (parsed?.resourceType !== 'channel') throw new Error('The ARN is none of a channel');
  const { account, region, id } = parsed;
  return account === own.account && region === own.region ? id : `${account}/${region}/${id}`;
}

export interface ChannelFile {
  readonly account: string;
  readonly channelPath: string;
  /** Of the channel's stream, with slashes; `''`: the channel itself. */
  readonly file: string;
}

const ID = '[a-zA-Z0-9-]{1,64}';
const elsewhere = new RegExp(`^((\\d{12})/[a-z]{2}(?:-[a-z]+)+-\\d/${ID})(?:/(.*))?$`);
const here = new RegExp(`^(${ID})(?:/(.*))?$`);
/** A playlist, a segment or an initialization segment; the latter two in the folder of their rendition. */
const streamFile = /^(?:multivariant\.m3u8|[\w-]{1,64}\/[\w-]{1,64}\.(?:m3u8|mp4))$/;

/** What a path below `/channels/` names; undefined for what no channel has. */
export function readChannelPath(path: string, own: Scope): ChannelFile | undefined {
  const [, channel, account, file = ''] = elsewhere.exec(path) ?? [];
  if (channel !== undefined && account !== undefined) return named({ account, channelPath: channel, file });
  const [, id, ownFile = ''] = here.exec(path) ?? [];
  return id === undefined ? undefined : named({ account: own.account, channelPath: id, file: ownFile });
}

function named(found: ChannelFile): ChannelFile | undefined {
  return found.file === '' || streamFile.test(found.file) ? found : undefined;
}
