import { ValidationException, type Video } from '@proscenium/model';

/** How a picture is encoded, every member filled. */
export type VideoSettings = Required<Video>;

const defaults: VideoSettings = { width: 1280, height: 720, framerate: 30, bitrate: 2_500_000 };

const maximumPixels = 1920 * 1080;

/**
 * Fills what was left out with the defaults.
 *
 * @throws ValidationException for an odd side, and for more pixels than 1920 × 1080 has
 */
export function fillVideoSettings(wished: Video | undefined): VideoSettings {
  const video = { ...defaults, ...wished };
  const { width, height } = video;
  for (const side of ['width', 'height'] as const) {
    if (video[side] % 2 !== 0) throw new ValidationException(`The ${side} of a video must be even, not ${video[side]}`);
  }
  if (width * height > maximumPixels) {
    throw new ValidationException(
      `A video can have at most ${maximumPixels} pixels, not ${width} x ${height} = ${width * height}`,
    );
  }
  return video;
}
