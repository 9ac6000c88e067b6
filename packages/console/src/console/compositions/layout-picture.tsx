import { arrange } from '@proscenium/media/layout';
import { useMemo } from 'preact/hooks';
import { type LayoutChoice, layoutOf, samplePeople } from './layout-choice.ts';

interface LayoutPictureProps {
  readonly choice: LayoutChoice;
  readonly count: number;
  readonly width: number;
  readonly height: number;
}

/** The composition as it will be, drawn by the code that composes it. */
export function LayoutPicture({ choice, count, width, height }: LayoutPictureProps) {
  const tiles = useMemo(
    () => arrange(layoutOf(choice), samplePeople(count, choice), { width, height }),
    [choice, count, width, height],
  );
  return (
    <svg class="layout" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Layout with ${count} participants`}>
      <rect width={width} height={height} fill="#000" />
      {tiles.map((tile) => (
        <g key={tile.participantId} style={{ '--hue': String((Number(tile.participantId) * 47 + 220) % 360) }}>
          <rect x={tile.x} y={tile.y} width={tile.width} height={tile.height} class="place" />
          <text
            x={tile.x + tile.width / 2}
            y={tile.y + tile.height / 2}
            font-size={Math.min(tile.width, tile.height) / 3}
            text-anchor="middle"
            dominant-baseline="central"
          >
            {tile.participantId}
          </text>
        </g>
      ))}
    </svg>
  );
}
