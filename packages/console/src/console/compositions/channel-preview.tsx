import { useEffect, useRef, useState } from 'preact/hooks';
import { ChannelPlayer, type ChannelState } from '../../channel/channel-player.ts';

const words: Readonly<Record<ChannelState, string>> = {
  looking: 'Looking for the stream…',
  live: 'Live, some seconds late',
  offline: 'Nothing comes yet',
  unplayable: 'This browser plays no HLS',
};

/** @param address of the channel's playlist */
export function ChannelPreview({ address, name }: { address: string; name: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<ChannelState>('looking');
  useEffect(() => {
    if (!video.current) return;
    const player = new ChannelPlayer(video.current, new URL(address, location.href).href, setState);
    void player.look();
    return () => player.close();
  }, [address]);
  return (
    <figure class="player channel">
      <video ref={video} controls muted playsInline aria-label={`Channel ${name}`} />
      <figcaption class="quiet">
        <span role="status">
          {name}: {words[state]}
        </span>
      </figcaption>
    </figure>
  );
}
