import { StreamType } from './web-broadcast.js';

const tiles = new Map();

/** Shows these people in the list, each of whom keeps the same tile for as long as he is there. */
export function showPeople(list, people) {
  for (const [id, tile] of tiles) {
    if (people.has(id)) continue;
    tile.remove();
    tiles.delete(id);
  }
  for (const [id, { info, streams }] of people) {
    if (!tiles.has(id)) tiles.set(id, list.appendChild(createTile(info)));
    fillTile(tiles.get(id), streams);
  }
}

function createTile({ attributes, isLocal }) {
  const tile = document.createElement('li');
  const video = document.createElement('video');
  const caption = document.createElement('p');
  Object.assign(video, { autoplay: true, playsInline: true, muted: isLocal, srcObject: new MediaStream() });
  caption.textContent = isLocal ? `${attributes.name} (you)` : attributes.name;
  tile.append(video, caption);
  return tile;
}

function fillTile(tile, streams) {
  const media = tile.querySelector('video').srcObject;
  const tracks = streams.map(({ mediaStreamTrack }) => mediaStreamTrack);
  for (const track of media.getTracks()) if (!tracks.includes(track)) media.removeTrack(track);
  for (const track of tracks) media.addTrack(track);
  const isOff = (type) => streams.some(({ streamType, isMuted }) => streamType === type && isMuted);
  tile.classList.toggle('stopped', isOff(StreamType.VIDEO));
  tile.classList.toggle('muted', isOff(StreamType.AUDIO));
}
