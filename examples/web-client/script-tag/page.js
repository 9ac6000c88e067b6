const { StreamType } = IVSBroadcastClient;
const byId = (id) => document.getElementById(id);
const tiles = new Map();
let meeting;

byId('lobby').addEventListener('submit', async (event) => {
  event.preventDefault();
  tell('');
  try {
    await enter(new FormData(event.target).get('token').trim());
  } catch (error) {
    tell(error.message);
  }
});

async function enter(token) {
  meeting = new Meeting(token);
  meeting.onChange = show;
  meeting.on(StageEvents.STAGE_LEFT, exit);
  meeting.on(StageEvents.ERROR, (error) => tell(error.message));
  byId('leave').onclick = meeting.leave;
  try {
    await meeting.join();
  } catch (error) {
    exit();
    throw error;
  }
  await meeting.open();
}

byId('audio').addEventListener('click', () => toggle(meeting.localParticipant.audioStream));
byId('video').addEventListener('click', () => toggle(meeting.localParticipant.videoStream));

function toggle(stream) {
  stream.setMuted(!stream.isMuted);
  show();
}

function exit() {
  meeting = undefined;
  show();
}

function show() {
  byId('lobby').hidden = meeting !== undefined;
  byId('meeting').hidden = meeting === undefined;
  const people = meeting?.people ?? new Map();
  for (const [id, tile] of tiles) {
    if (people.has(id)) continue;
    tile.remove();
    tiles.delete(id);
  }
  for (const [id, person] of people) {
    if (!tiles.has(id)) tiles.set(id, byId('tiles').appendChild(createTile(person)));
    fillTile(tiles.get(id), person);
  }
  const { audioStream, videoStream } = meeting?.localParticipant ?? {};
  showButton(byId('audio'), audioStream, { on: 'Mute microphone', off: 'Unmute microphone' });
  showButton(byId('video'), videoStream, { on: 'Stop camera', off: 'Start camera' });
}

function createTile({ info }) {
  const tile = document.createElement('li');
  const video = document.createElement('video');
  const caption = document.createElement('p');
  const name = document.createElement('strong');
  const state = document.createElement('span');
  Object.assign(video, { autoplay: true, playsInline: true, muted: info.isLocal, srcObject: new MediaStream() });
  name.textContent = info.attributes.name || info.userId || info.id;
  if (info.isLocal) name.textContent += ' (you)';
  tile.className = 'tile';
  caption.append(name, state);
  tile.append(video, caption);
  return tile;
}

function fillTile(tile, { streams }) {
  const media = tile.querySelector('video').srcObject;
  const tracks = streams.map(({ mediaStreamTrack }) => mediaStreamTrack);
  for (const track of media.getTracks()) if (!tracks.includes(track)) media.removeTrack(track);
  for (const track of tracks) media.addTrack(track);
  const isOff = (type) => streams.some(({ streamType, isMuted }) => streamType === type && isMuted);
  tile.classList.toggle('stopped', isOff(StreamType.VIDEO));
  tile.querySelector('span').textContent = isOff(StreamType.AUDIO) ? 'Muted' : '';
}

function showButton(button, stream, { on, off }) {
  const isMuted = stream?.isMuted ?? false;
  button.disabled = stream === undefined;
  button.textContent = isMuted ? off : on;
  button.setAttribute('aria-pressed', String(isMuted));
}

function tell(problem) {
  byId('problem').textContent = problem;
}
