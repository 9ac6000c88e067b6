import Hls from 'hls.js';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useSession } from '../session.ts';

/** Plays HLS out of the server's own store, signing each request. */
export function Player({ bucket, mainKey }: { bucket: string; mainKey: string }) {
  const { api } = useSession();
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState<string>();
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (!Hls.isSupported()) {
      setTrouble('This browser does not play HLS in pages.');
      return;
    }
    const hls = new Hls({
      // Workers out of blobs are not for pages of a strict content security policy.
      enableWorker: false,
      xhrSetup: (request, url) => request.open('GET', api.signObject(url), true),
    });
    hls.on(Hls.Events.ERROR, (_, { fatal, details }) => {
      if (fatal) setTrouble(`It does not play: ${details}.`);
    });
    const [address = ''] = api.objectUrl(bucket, mainKey).split('?');
    hls.loadSource(address);
    hls.attachMedia(element);
    return () => hls.destroy();
  }, [api, bucket, mainKey]);
  return (
    <div class="player">
      {/* biome-ignore lint/a11y/useMediaCaption: what people said is not written down */}
      <video ref={video} controls playsInline aria-label="Recording" />
      {trouble && (
        <p class="problem" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}
