import { byId } from '../elements.ts';
import { ChannelPlayer, type ChannelState } from './channel-player.ts';

const states: Readonly<Record<ChannelState, { readonly words: string; readonly pill: string }>> = {
  looking: { words: 'Looking for the stream…', pill: 'connecting' },
  live: { words: 'Live', pill: 'connected' },
  offline: { words: 'Offline', pill: 'disconnected' },
  unplayable: { words: 'This browser plays no HLS', pill: 'errored' },
};

const channel = location.pathname.replace(/\/$/, '');
const playlist = new URL(`${channel}/multivariant.m3u8`, location.href).href;
const name = channel.split('/').at(-1) ?? '';
const pill = byId('state', HTMLOutputElement);
const link = byId('address', HTMLAnchorElement);

document.title = `${name} · Proscenium`;
byId('name', HTMLHeadingElement).textContent = `Channel ${name}`;
link.href = playlist;
link.textContent = playlist;

function show(state: ChannelState): void {
  const { words, pill: mark } = states[state];
  pill.textContent = words;
  pill.dataset.state = mark;
}

void new ChannelPlayer(byId('player', HTMLVideoElement), playlist, show).look();
