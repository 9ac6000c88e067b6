import { arnOf, idOf, type ServerFacts } from '../api/api.ts';
import { Copyable } from '../controls/copy-button.tsx';

/** Where a channel's stream is: a page of this server, or an address of another one. */
export function ChannelPlace({ arn, facts }: { arn: string; facts: ServerFacts }) {
  const words = `Channel ${idOf(arn)}`;
  const configured = facts.channels?.find((each) => each.arn === arn);
  const page = builtInPage(arn, facts);
  if (page) {
    return (
      <a class="strong" href={page} target="_blank" rel="noopener noreferrer">
        {words}
      </a>
    );
  }
  return (
    <>
      <span>{words}</span>
      {configured?.address && <Copyable text={configured.address} label="address that is pushed to" />}
      <Copyable text={arn} label="channel ARN" />
    </>
  );
}

/** The page that this server has for a channel; undefined where its stream is elsewhere. */
export function builtInPage(arn: string, facts: ServerFacts): string | undefined {
  const configured = facts.channels?.find((each) => each.arn === arn);
  const isBuiltIn = facts.channels ? configured && !configured.address : arn.startsWith(arnOf(facts, 'channel', ''));
  return isBuiltIn ? `${facts.channelsPath}${idOf(arn)}` : undefined;
}
