import { defaultGrid, defaultPip, type Layout } from '@proscenium/media/layout';
import { type LayoutConfiguration, ValidationException } from '@proscenium/model';

/** How participants are arranged, every member filled. */
export type LayoutSettings = Layout;

/**
 * Fills what was left out with the defaults; without any layout that is the grid.
 *
 * @throws ValidationException for two layouts at once
 */
export function fillLayoutSettings({ grid, pip }: LayoutConfiguration = {}): LayoutSettings {
  if (grid !== undefined && pip !== undefined)
    throw new ValidationException('A layout is either grid or pip, not both');
  return pip === undefined ? { grid: { ...defaultGrid, ...grid } } : { pip: { ...defaultPip, ...pip } };
}
