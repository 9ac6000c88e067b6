import type { VideoSettings } from '../../encoder-configurations/video-settings.ts';

/**
 * Name of the folder in which the one rendition of an output is, as `720p30-k3Jd9aQ1xYz0`.
 *
 * @param id twelve letters and digits, which no other rendition has
 */
export function renditionName({ height, framerate }: Pick<VideoSettings, 'height' | 'framerate'>, id: string): string {
  return `${height}p${Math.round(framerate)}-${id}`;
}
