import type { PipPosition, VideoAspectRatio, VideoFillMode } from '@proscenium/model';
import { CheckField, NumberField, SelectField, TextField } from '../controls/fields.tsx';
import type { LayoutChoice } from './layout-choice.ts';

interface LayoutFieldsProps {
  readonly choice: LayoutChoice;
  readonly onChoice: (choice: LayoutChoice) => void;
}

const shapes: readonly (readonly [VideoAspectRatio, string])[] = [
  ['VIDEO', 'Wide, 16:9'],
  ['SQUARE', 'Square'],
  ['PORTRAIT', 'Upright, 3:4'],
  ['AUTO', 'As they are'],
];
const fillModes: readonly (readonly [VideoFillMode | '', string])[] = [
  ['', 'As usual'],
  ['COVER', 'Cover: cut what is too much'],
  ['CONTAIN', 'Contain: leave bars'],
  ['FILL', 'Fill: stretch'],
];
const positions: readonly (readonly [PipPosition, string])[] = [
  ['BOTTOM_RIGHT', 'Bottom right'],
  ['BOTTOM_LEFT', 'Bottom left'],
  ['TOP_RIGHT', 'Top right'],
  ['TOP_LEFT', 'Top left'],
];

/** Gives a member a value, or takes it away. */
function put<Settings extends object, Key extends keyof Settings>(
  settings: Settings,
  key: Key,
  value: unknown,
): Settings {
  const { [key]: _, ...others } = settings;
  return (value === undefined || value === '' ? others : { ...others, [key]: value }) as Settings;
}

/** How participants are arranged. */
export function LayoutFields({ choice, onChoice }: LayoutFieldsProps) {
  const { kind, grid, pip } = choice;
  const settings = kind === 'grid' ? grid : pip;
  const set = (key: string, value: unknown) =>
    onChoice({ ...choice, [kind]: put<Record<string, unknown>, string>({ ...settings }, key, value) });
  return (
    <>
      <SelectField
        label="Layout"
        value={kind}
        onValue={(value) => onChoice({ ...choice, kind: value === 'pip' ? 'pip' : 'grid' })}
        options={[
          ['grid', 'Grid'],
          ['pip', 'Picture in picture'],
        ]}
      />
      <div class="columns">
        <TextField
          label="Featured by the attribute"
          value={settings.featuredParticipantAttribute ?? ''}
          onValue={(value) => set('featuredParticipantAttribute', value)}
          pattern="[a-zA-Z0-9\-_]*"
          placeholder="nobody"
        />
        <TextField
          label="Ordered by the attribute"
          value={settings.participantOrderAttribute ?? ''}
          onValue={(value) => set('participantOrderAttribute', value)}
          pattern="[a-zA-Z0-9\-_]*"
          placeholder="arrival"
        />
        {kind === 'grid' && (
          <SelectField
            label="Shape of tiles"
            value={grid.videoAspectRatio ?? 'VIDEO'}
            onValue={(value) => set('videoAspectRatio', value)}
            options={shapes}
          />
        )}
        <SelectField
          label="Pictures"
          value={settings.videoFillMode ?? ''}
          onValue={(value) => set('videoFillMode', value)}
          options={fillModes}
        />
        <NumberField
          label="Pixels between tiles"
          value={settings.gridGap}
          onValue={(value) => set('gridGap', value)}
          min={0}
          placeholder={kind === 'grid' ? '2' : '0'}
        />
      </div>
      {kind === 'pip' && (
        <div class="columns">
          <TextField
            label="In the window by the attribute"
            value={pip.pipParticipantAttribute ?? ''}
            onValue={(value) => set('pipParticipantAttribute', value)}
            pattern="[a-zA-Z0-9\-_]*"
            placeholder="nobody"
          />
          <SelectField
            label="Window"
            value={pip.pipPosition ?? 'BOTTOM_RIGHT'}
            onValue={(value) => set('pipPosition', value)}
            options={positions}
          />
          <NumberField
            label="Pixels from the edges"
            value={pip.pipOffset}
            onValue={(value) => set('pipOffset', value)}
            min={0}
            placeholder="0"
          />
          <NumberField
            label="Window width"
            value={pip.pipWidth}
            onValue={(value) => set('pipWidth', value)}
            min={1}
            placeholder="by itself"
          />
          <NumberField
            label="Window height"
            value={pip.pipHeight}
            onValue={(value) => set('pipHeight', value)}
            min={1}
            placeholder="by itself"
          />
          <CheckField
            label="Window grows when it is alone"
            checked={pip.pipBehavior === 'DYNAMIC'}
            onChecked={(checked) => set('pipBehavior', checked ? 'DYNAMIC' : undefined)}
          />
        </div>
      )}
      <CheckField
        label="Leave out who has stopped its video"
        checked={settings.omitStoppedVideo ?? false}
        onChecked={(checked) => set('omitStoppedVideo', checked || undefined)}
      />
    </>
  );
}
