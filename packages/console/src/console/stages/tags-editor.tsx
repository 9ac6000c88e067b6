import { useState } from 'preact/hooks';
import { CommandLine } from '../controls/command-line.tsx';
import { PairsField } from '../controls/fields.tsx';
import { readPairs, writePairs } from '../controls/pairs.ts';
import { Problem } from '../controls/problem.tsx';
import { useSession } from '../session.ts';

interface TagsEditorProps {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly onChange: () => void;
}

/** Tags of a resource, set and taken away. */
export function TagsEditor({ arn, tags, onChange }: TagsEditorProps) {
  const { api } = useSession();
  const [text, setText] = useState(() => writePairs(tags));
  const [error, setError] = useState<unknown>();
  const wanted = readPairs(text);
  const gone = Object.keys(tags).filter((key) => !Object.hasOwn(wanted, key));
  const path = `/tags/${encodeURIComponent(arn)}`;
  const save = async () => {
    setError(undefined);
    try {
      if (Object.keys(wanted).length > 0) await api.request('POST', path, { tags: wanted });
      const query = gone.map((key) => `tagKeys=${encodeURIComponent(key)}`).join('&');
      if (gone.length > 0) await api.request('DELETE', `${path}?${query}`);
      onChange();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <PairsField label="Tags" value={text} onValue={setText} />
      <Problem error={error} />
      <CommandLine
        command={[
          api.command('TagResource', { resourceArn: arn, tags: wanted }),
          ...(gone.length > 0 ? [api.command('UntagResource', { resourceArn: arn, tagKeys: gone })] : []),
        ].join('\n')}
      />
      <p class="actions end">
        <button type="submit" class="button">
          Save the tags
        </button>
      </p>
    </form>
  );
}
