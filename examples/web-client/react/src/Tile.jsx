import { useEffect, useRef } from 'react';

/** One person: picture and sound, name, and what is muted. */
export function Tile({ name, isLocal, streams, isMuted, isStopped }) {
  const video = useRef(null);

  useEffect(() => {
    video.current.srcObject ??= new MediaStream();
    const media = video.current.srcObject;
    const tracks = streams.map(({ mediaStreamTrack }) => mediaStreamTrack);
    for (const track of media.getTracks()) if (!tracks.includes(track)) media.removeTrack(track);
    for (const track of tracks) media.addTrack(track);
  }, [streams]);

  return (
    <li className={isStopped ? 'tile stopped' : 'tile'}>
      <video ref={video} autoPlay playsInline muted={isLocal} />
      <p>
        <strong>{isLocal ? `${name} (you)` : name}</strong>
        {isMuted && <span>Muted</span>}
      </p>
    </li>
  );
}
