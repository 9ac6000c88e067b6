import { useState } from 'preact/hooks';
import { useAnswer } from '../api/use-answer.ts';
import { useSession } from '../session.ts';
import { ActionForm } from './action-form.tsx';
import { PairsField } from './fields.tsx';
import { readPairs, writePairs } from './pairs.ts';
import { Problem } from './problem.tsx';

/** Tags of a resource, set and taken away. */
export function TagsEditor({ arn }: { arn: string }) {
  const { api } = useSession();
  const path = `/tags/${encodeURIComponent(arn)}`;
  const { data, error, reload } = useAnswer(
    async () => (await api.request<{ tags?: Record<string, string> }>('GET', path)).tags ?? {},
    [api, path],
  );
  if (!data) return <Problem error={error} />;
  // Begun anew with what the server has after each change.
  return <Editor key={writePairs(data)} arn={arn} path={path} tags={data} onChange={reload} />;
}

interface EditorProps {
  readonly arn: string;
  readonly path: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly onChange: () => void;
}

function Editor({ arn, path, tags, onChange }: EditorProps) {
  const { api } = useSession();
  const [text, setText] = useState(() => writePairs(tags));
  const wanted = readPairs(text);
  const gone = Object.keys(tags).filter((key) => !Object.hasOwn(wanted, key));
  const isTagged = Object.keys(wanted).length > 0;
  const commands = [
    ...(isTagged ? [api.command('TagResource', { resourceArn: arn, tags: wanted })] : []),
    ...(gone.length > 0 ? [api.command('UntagResource', { resourceArn: arn, tagKeys: gone })] : []),
  ];
  return (
    <ActionForm
      submit={async () => {
        if (isTagged) await api.request('POST', path, { tags: wanted });
        const query = gone.map((key) => `tagKeys=${encodeURIComponent(key)}`).join('&');
        if (gone.length > 0) await api.request('DELETE', `${path}?${query}`);
        onChange();
      }}
      command={commands.join('\n') || api.command('ListTagsForResource', { resourceArn: arn })}
      action="Save the tags"
    >
      <PairsField label="Tags" value={text} onValue={setText} />
    </ActionForm>
  );
}
