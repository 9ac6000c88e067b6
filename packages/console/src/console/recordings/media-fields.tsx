import { NumberField, SelectField } from '../controls/fields.tsx';
import type { ThumbnailChoice } from './thumbnail-choice.ts';

interface MediaFieldsProps {
  readonly segmentSeconds: number | undefined;
  readonly onSegmentSeconds: (seconds: number | undefined) => void;
  readonly thumbnails: ThumbnailChoice;
  readonly onThumbnails: (choice: ThumbnailChoice) => void;
}

/** How long segments of a recording are, and which thumbnails are taken: the same for participants and compositions. */
export function MediaFields({ segmentSeconds, onSegmentSeconds, thumbnails, onThumbnails }: MediaFieldsProps) {
  return (
    <>
      <NumberField
        label="Segments of … seconds"
        value={segmentSeconds}
        onValue={onSegmentSeconds}
        min={2}
        max={10}
        placeholder="6"
      />
      <NumberField
        label="Thumbnail every … seconds"
        value={thumbnails.everySeconds}
        onValue={(everySeconds) => onThumbnails({ ...thumbnails, everySeconds })}
        min={1}
        max={86_400}
        placeholder="none"
      />
      {thumbnails.everySeconds !== undefined && (
        <SelectField
          label="Thumbnails that are kept"
          value={thumbnails.kept}
          onValue={(kept) =>
            onThumbnails({ ...thumbnails, kept: kept === 'SEQUENTIAL' || kept === 'LATEST' ? kept : 'both' })
          }
          options={[
            ['both', 'All, and the latest by itself'],
            ['SEQUENTIAL', 'All'],
            ['LATEST', 'The latest'],
          ]}
        />
      )}
    </>
  );
}
