import { backend } from './backend.js';
import { joinMeeting } from './meeting.js';
import { showPeople } from './tiles.js';

const byId = (id) => document.getElementById(id);
const broadcastStates = { STARTING: 'Goes on air …', ACTIVE: 'On air' };
/** The meeting that we are in. */
let current;

byId('new').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(async () => {
    const name = byId('name').value.trim();
    const { tokens } = await backend.create(byId('title').value.trim(), [name]);
    await enter(tokens[name]);
  });
});
byId('audio').addEventListener('click', () => toggle(current.stage.localParticipant.audioStream));
byId('video').addEventListener('click', () => toggle(current.stage.localParticipant.videoStream));
byId('leave').addEventListener('click', () => current.stage.leave());

// Also when the connection was made anew: something may have happened meanwhile.
const events = new EventSource('/events');
events.addEventListener('open', () => attempt(showMeetings));
events.addEventListener('message', ({ data }) => {
  const { event, person } = JSON.parse(data);
  if (person) byId('news').textContent = `${person}: ${event}`;
  attempt(showMeetings);
});

async function join(id) {
  if (!byId('name').reportValidity()) return;
  const { token } = await backend.invite(id, byId('name').value.trim());
  await enter(token);
}

async function enter(token) {
  const tracks = await openDevices();
  current = await joinMeeting(token, tracks, { onChange: showRoom, onProblem: tell, onLeft: exit });
  showRoom();
}

/** Who has neither camera nor microphone, or keeps them for himself, may still watch. */
async function openDevices() {
  try {
    const video = { width: { ideal: 1280 }, height: { ideal: 720 } };
    return (await navigator.mediaDevices.getUserMedia({ audio: true, video })).getTracks();
  } catch (error) {
    tell(error);
    return [];
  }
}

function exit() {
  current = undefined;
  showRoom();
  attempt(showMeetings);
}

function toggle(stream) {
  stream.setMuted(!stream.isMuted);
  showRoom();
}

function showRoom() {
  byId('lobby').hidden = current !== undefined;
  byId('room').hidden = current === undefined;
  showPeople(byId('tiles'), current?.people ?? new Map());
  const { audioStream, videoStream } = current?.stage.localParticipant ?? {};
  showToggle(byId('audio'), audioStream, ['Mute microphone', 'Unmute microphone']);
  showToggle(byId('video'), videoStream, ['Stop camera', 'Start camera']);
}

function showToggle(button, stream, [off, on]) {
  button.disabled = stream === undefined;
  button.textContent = stream?.isMuted ? on : off;
  button.setAttribute('aria-pressed', String(stream?.isMuted ?? false));
}

async function showMeetings() {
  const meetings = await backend.list();
  byId('meetings').replaceChildren(...meetings.map(describeMeeting));
}

function describeMeeting({ id, title, live, broadcast }) {
  const item = document.createElement('li');
  const heading = document.createElement('h2');
  const state = document.createElement('span');
  heading.textContent = title;
  state.textContent = (broadcast && broadcastStates[broadcast.state]) || (live ? 'Live' : 'Nobody there');
  state.className = live ? 'state live' : 'state';
  item.append(
    heading,
    state,
    button('Join', () => join(id)),
  );
  if (broadcast)
    item.append(
      link('Watch', broadcast.url),
      button('End broadcast', () => backend.endBroadcast(id)),
    );
  else item.append(button('Broadcast', () => backend.broadcast(id)));
  item.append(button('End', () => backend.end(id), 'end'));
  return item;
}

function button(text, act, className = '') {
  const element = Object.assign(document.createElement('button'), { type: 'button', textContent: text, className });
  element.addEventListener('click', async () => {
    element.disabled = true;
    await attempt(act);
    await attempt(showMeetings);
  });
  return element;
}

function link(text, href) {
  return Object.assign(document.createElement('a'), { textContent: text, href, target: '_blank', rel: 'noreferrer' });
}

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    tell(error);
  }
}

function tell({ message }) {
  byId('problem').textContent = message;
}
