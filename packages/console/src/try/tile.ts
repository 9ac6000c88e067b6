import type { StageParticipantInfo, StageStream } from '@proscenium/web-broadcast';
import { element } from '../elements.ts';
import { countVideo, describeVideo, type VideoCount } from './stream-statistics.ts';

/** One participant in the grid: picture and sound, name, mute badges, state and figures. */
export class Tile {
  readonly element: HTMLElement;
  readonly #media = new MediaStream();
  readonly #video = element('video', '');
  readonly #initial = element('span', 'initial');
  readonly #state = element('span', 'state');
  readonly #figures = element('p', 'figures');
  readonly #badges = { audio: badge('Audio muted'), video: badge('Video stopped') };
  #streams: readonly StageStream[] = [];
  #count: VideoCount | undefined;

  constructor(participant: StageParticipantInfo) {
    const name = nameOf(participant);
    Object.assign(this.#video, { autoplay: true, playsInline: true, muted: participant.isLocal });
    // Read out with the tile's name; the picture itself says no more.
    this.#video.setAttribute('aria-hidden', 'true');
    this.#initial.textContent = name.slice(0, 1).toUpperCase();
    this.#initial.setAttribute('aria-hidden', 'true');
    const caption = element(
      'p',
      'caption',
      element('strong', 'name', participant.isLocal ? `${name} (you)` : name),
      this.#badges.audio,
      this.#badges.video,
      this.#state,
    );
    this.element = element('li', 'tile', element('div', 'picture', this.#initial, this.#video), caption, this.#figures);
    this.element.dataset.participant = participant.id;
    this.refresh();
  }

  setState(text: string): void {
    this.#state.textContent = text;
  }

  add(streams: readonly StageStream[]): void {
    this.#streams = [...this.#streams, ...streams];
    for (const { mediaStreamTrack } of streams) this.#media.addTrack(mediaStreamTrack);
    if (!this.#video.srcObject) this.#video.srcObject = this.#media;
    this.refresh();
  }

  remove(streams: readonly StageStream[]): void {
    this.#streams = this.#streams.filter((stream) => !streams.includes(stream));
    for (const { mediaStreamTrack } of streams) this.#media.removeTrack(mediaStreamTrack);
    this.refresh();
  }

  /** Shows the present mute flags. */
  refresh(): void {
    const video = this.#stream('video');
    this.#badges.audio.hidden = !this.#stream('audio')?.isMuted;
    this.#badges.video.hidden = !video?.isMuted;
    this.#video.hidden = !video || video.isMuted;
    if (!video) this.#figures.textContent = '';
  }

  /** Shows the present figures. */
  async measure(): Promise<void> {
    const report = await this.#stream('video')?.requestRTCStats();
    const count = report && countVideo(report.values());
    if (count) this.#figures.textContent = describeVideo(count, this.#count);
    this.#count = count;
  }

  close(): void {
    this.#video.srcObject = null;
    this.element.remove();
  }

  #stream(kind: 'audio' | 'video'): StageStream | undefined {
    return this.#streams.find(({ streamType }) => streamType === kind);
  }
}

/** What people call a participant. */
export function nameOf({ id, userId, attributes }: StageParticipantInfo): string {
  return attributes.name || attributes.username || userId || id;
}

function badge(text: string): HTMLElement {
  const made = element('span', 'badge', text);
  made.hidden = true;
  return made;
}
