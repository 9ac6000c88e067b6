import { StageConnectionState, StageError, StageLeftReason } from '@proscenium/web-broadcast';
import { byId } from '../elements.ts';
import { openGenerated } from './generated-source.ts';
import { invitationLink, takeToken } from './invitation.ts';
import { makeStage } from './made-stage.ts';
import { type MediaSource, nothing, openCamera, type SourceName, sourceNames } from './media-source.ts';
import { Visit } from './visit.ts';
import { wordsOf, wordsOfLeaving } from './words.ts';

const lobby = byId('lobby', HTMLFormElement);
const joinButton = byId('join', HTMLButtonElement);
const makeButton = byId('make', HTMLButtonElement);
const tokenField = byId('token', HTMLTextAreaElement);
const stageSection = byId('stage', HTMLElement);
const invitation = byId('invitation', HTMLElement);
const linkField = byId('link', HTMLInputElement);
const copyButton = byId('copy', HTMLButtonElement);
const muteAudio = byId('mute-audio', HTMLButtonElement);
const muteVideo = byId('mute-video', HTMLButtonElement);
const hearTone = byId('hear-tone', HTMLInputElement);

const connectionWords: Readonly<Record<StageConnectionState, string>> = {
  [StageConnectionState.DISCONNECTED]: 'Not connected',
  [StageConnectionState.CONNECTING]: 'Connecting…',
  [StageConnectionState.CONNECTED]: 'Connected',
  [StageConnectionState.ERRORED]: 'No connection',
};

/** The participant of this page: held here alone, gone with the page. */
let token = takeToken(window);
let hasVisited = false;
let present: { readonly visit: Visit; readonly source: MediaSource } | undefined;

showLobby();

window.addEventListener('hashchange', () => {
  const given = takeToken(window);
  if (!given) return;
  present?.visit.leave();
  token = given;
  hasVisited = false;
  showInvitation(undefined);
  showLobby();
});
lobby.addEventListener('submit', (event) => {
  event.preventDefault();
  void busy(async () => {
    if (token) await enter(token);
    else await enterNewStage();
  });
});
makeButton.addEventListener('click', () => void busy(enterNewStage));
byId('join-token', HTMLButtonElement).addEventListener('click', () => {
  const given = tokenField.value.trim();
  void busy(async () => {
    showInvitation(undefined);
    await enter(given);
    tokenField.value = '';
  });
});
byId('leave', HTMLButtonElement).addEventListener('click', () => present?.visit.leave());
muteAudio.addEventListener('click', () => {
  present?.visit.setMuted('audio', press(muteAudio, { pressed: 'Unmute audio', released: 'Mute audio' }));
});
muteVideo.addEventListener('click', () => {
  present?.visit.setMuted('video', press(muteVideo, { pressed: 'Start video', released: 'Stop video' }));
});
hearTone.addEventListener('change', () => present?.source.hearTone?.(hearTone.checked));
copyButton.addEventListener('click', () => void copyLink());

async function enterNewStage(): Promise<void> {
  const { own, other } = await makeStage();
  token = own;
  showInvitation(invitationLink(location.origin, other));
  await enter(own);
}

/** Joins the stage of this token with the source that is chosen. */
async function enter(given: string): Promise<void> {
  const visit = new Visit(given, byId('tiles', HTMLElement), {
    connection: showConnection,
    error: (error) => showAlert(wordsOf(error)),
    left: (reason) => {
      exit();
      if (reason !== StageLeftReason.USER_INITIATED) showAlert(wordsOfLeaving(reason));
    },
  });
  try {
    const source = await openSource(visit.name);
    present = { visit, source };
    await visit.join(source);
  } catch (error) {
    visit.close();
    present?.source.stop();
    present = undefined;
    throw error;
  }
  token = given;
  hasVisited = true;
  showStage();
}

function exit(): void {
  present?.visit.close();
  present?.source.stop();
  present = undefined;
  showLobby();
  joinButton.focus();
}

function openSource(participantName: string): MediaSource | Promise<MediaSource> {
  const chosen = new FormData(lobby).get('source');
  const name: SourceName = sourceNames.find((known) => known === chosen) ?? 'nothing';
  if (name === 'camera') return openCamera();
  return name === 'generated' ? openGenerated(participantName) : nothing;
}

/** Does one thing at a time, and tells in words why it does not work. */
async function busy(work: () => Promise<void>): Promise<void> {
  showAlert('');
  lobby.inert = true;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StageError)) console.error(error);
    showAlert(wordsOf(error));
  } finally {
    lobby.inert = false;
  }
}

function showLobby(): void {
  lobby.hidden = false;
  stageSection.hidden = true;
  joinButton.textContent = token ? (hasVisited ? 'Join again' : 'Join') : 'Make a stage for me';
  makeButton.hidden = !token;
  byId('lobby-text', HTMLElement).textContent = token
    ? 'You have a token for a stage. Choose what to send, and join.'
    : 'The server makes a stage with places for two: one for you, and one to open in another tab.';
}

function showStage(): void {
  if (!present) return; // left meanwhile
  const { source } = present;
  lobby.hidden = true;
  stageSection.hidden = false;
  release(muteAudio, 'Mute audio');
  release(muteVideo, 'Stop video');
  muteAudio.disabled = !source.audio;
  muteVideo.disabled = !source.video;
  hearTone.checked = false;
  byId('hear', HTMLLabelElement).hidden = !source.hearTone;
  byId('stage-title', HTMLElement).focus();
}

function showConnection(state: StageConnectionState): void {
  const pill = byId('connection', HTMLElement);
  pill.dataset.state = state;
  pill.textContent = connectionWords[state];
  if (state === StageConnectionState.CONNECTED) showAlert('');
}

function showInvitation(link: string | undefined): void {
  invitation.hidden = link === undefined;
  linkField.value = link ?? '';
  byId('open', HTMLAnchorElement).href = link ?? '';
}

function showAlert(text: string): void {
  const alert = byId('alert', HTMLElement);
  alert.textContent = text;
  alert.hidden = text === '';
}

async function copyLink(): Promise<void> {
  linkField.select();
  await navigator.clipboard?.writeText(linkField.value);
  copyButton.textContent = 'Copied';
  setTimeout(() => {
    copyButton.textContent = 'Copy';
  }, 2_000);
}

/** Turns a toggle button over. @returns whether it is pressed now */
function press(button: HTMLButtonElement, words: { pressed: string; released: string }): boolean {
  const pressed = button.ariaPressed !== 'true';
  button.ariaPressed = String(pressed);
  button.textContent = pressed ? words.pressed : words.released;
  return pressed;
}

function release(button: HTMLButtonElement, word: string): void {
  button.ariaPressed = 'false';
  button.textContent = word;
}
