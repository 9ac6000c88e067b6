import { useState } from 'preact/hooks';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { NameField, NumberField, SelectField, TagsField } from '../controls/fields.tsx';
import { readPairs } from '../controls/pairs.ts';
import { useSession } from '../session.ts';
import { ConfigurationDetails } from './configuration-details.tsx';
import { ConfigurationList, nameOf } from './configuration-list.tsx';

/** Pictures that are often wanted. */
const presets: Readonly<Record<string, readonly [label: string, width: number, height: number, bitrate: number]>> = {
  '1080p': ['1080p, 1920 × 1080', 1920, 1080, 6_000_000],
  '720p': ['720p, 1280 × 720', 1280, 720, 2_500_000],
  '480p': ['480p, 854 × 480', 854, 480, 1_200_000],
  tall: ['Upright, 720 × 1280', 720, 1280, 2_500_000],
};

export function EncodersPage() {
  const { api } = useSession();
  return (
    <ConfigurationList
      title="Encoders"
      purpose="Says how large compositions are, and how well they are encoded."
      make="New encoder"
      ask={async () => {
        const listed = await api.list('ListEncoderConfigurations', {}, 'encoderConfigurations');
        return Promise.all(
          listed.map(async ({ arn, name }) => {
            const { encoderConfiguration } = await api.call('GetEncoderConfiguration', { arn });
            return { arn, ...(name !== undefined && { name }), video: encoderConfiguration?.video ?? {} };
          }),
        );
      }}
      columns={[
        { title: 'Picture', cell: ({ video }) => `${video.width} × ${video.height}` },
        { title: 'Frames', cell: ({ video }) => `${video.framerate} a second` },
        { title: 'Bit rate', cell: ({ video }) => `${((video.bitrate ?? 0) / 1_000_000).toFixed(1)} Mbit/s` },
      ]}
      remove="DeleteEncoderConfiguration"
      details={(item, onClose) => (
        <ConfigurationDetails
          operation="GetEncoderConfiguration"
          arn={item.arn}
          name={nameOf(item)}
          facts={Object.entries(item.video).map(([name, value]) => [name, value])}
          onClose={onClose}
        />
      )}
      form={(onClose) => <CreateEncoder onClose={onClose} />}
    />
  );
}

function CreateEncoder({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [tags, setTags] = useState('');
  const [preset, setPreset] = useState('720p');
  const [width, setWidth] = useState<number | undefined>(1280);
  const [height, setHeight] = useState<number | undefined>(720);
  const [framerate, setFramerate] = useState<number | undefined>(30);
  const [bitrate, setBitrate] = useState<number | undefined>(2_500_000);
  const choose = (key: string) => {
    setPreset(key);
    const [, itsWidth, itsHeight, itsBitrate] = presets[key] ?? [];
    if (itsWidth === undefined) return;
    setWidth(itsWidth);
    setHeight(itsHeight);
    setBitrate(itsBitrate);
  };
  const video = {
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(framerate !== undefined && { framerate }),
    ...(bitrate !== undefined && { bitrate }),
  };
  return (
    <Dialog title="New encoder configuration" onClose={onClose}>
      <CallForm
        operation="CreateEncoderConfiguration"
        input={{ name, video, tags: readPairs(tags) }}
        action="Make it"
        onCancel={onClose}
        onDone={onClose}
      >
        <NameField value={name} onValue={setName} autoFocus />
        <SelectField
          label="Picture"
          value={preset}
          onValue={choose}
          options={[...Object.entries(presets).map(([key, [label]]) => [key, label] as const), ['own', 'Another one']]}
        />
        <div class="columns">
          <NumberField label="Width" value={width} onValue={setWidth} min={2} max={1920} step={2} />
          <NumberField label="Height" value={height} onValue={setHeight} min={2} max={1920} step={2} />
          <NumberField label="Frames a second" value={framerate} onValue={setFramerate} min={1} max={60} step="any" />
          <NumberField label="Bits a second" value={bitrate} onValue={setBitrate} min={1} max={8_500_000} />
        </div>
        <TagsField value={tags} onValue={setTags} />
      </CallForm>
    </Dialog>
  );
}
