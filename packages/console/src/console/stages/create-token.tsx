import type { ParticipantToken } from '@proscenium/model';
import { useState } from 'preact/hooks';
import { invitationLink } from '../../try/invitation.ts';
import type { Wire } from '../api/api.ts';
import { CallForm } from '../controls/call-form.tsx';
import { CopyButton } from '../controls/copy-button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { CheckField, NumberField, PairsField, TextField } from '../controls/fields.tsx';
import { Facts } from '../controls/page.tsx';
import { readPairs } from '../controls/pairs.ts';
import { Moment } from '../controls/time.tsx';
import { lazily } from '../shell/lazily.tsx';

const QrCode = lazily(async () => (await import('./qr-code.tsx')).QrCode);

/** Makes a token for somebody, and shows it as a link and a picture of it. */
export function CreateToken({ stageArn, onClose }: { stageArn: string; onClose: () => void }) {
  const [userId, setUserId] = useState('');
  const [attributes, setAttributes] = useState('');
  const [duration, setDuration] = useState<number>();
  const [publishes, setPublishes] = useState(true);
  const [subscribes, setSubscribes] = useState(true);
  const [made, setMade] = useState<Wire<ParticipantToken>>();
  const capabilities = [...(publishes ? ['PUBLISH' as const] : []), ...(subscribes ? ['SUBSCRIBE' as const] : [])];
  if (made) return <MadeToken token={made} onClose={onClose} onAnother={() => setMade(undefined)} />;
  return (
    <Dialog title="New token" onClose={onClose}>
      <CallForm
        operation="CreateParticipantToken"
        input={{
          stageArn,
          userId,
          capabilities,
          attributes: readPairs(attributes),
          ...(duration !== undefined && { duration }),
        }}
        action="Make the token"
        onCancel={onClose}
        onDone={({ participantToken }) => setMade(participantToken)}
      >
        <TextField
          label="User id"
          value={userId}
          onValue={setUserId}
          hint="What you call this person."
          maxLength={128}
          autoFocus
        />
        <fieldset class="columns">
          <legend>May</legend>
          <CheckField label="Publish" checked={publishes} onChecked={setPublishes} />
          <CheckField label="Subscribe" checked={subscribes} onChecked={setSubscribes} />
        </fieldset>
        <NumberField
          label="Valid for … minutes"
          value={duration}
          onValue={setDuration}
          min={1}
          max={20_160}
          placeholder="720"
        />
        <PairsField
          label="Attributes"
          value={attributes}
          onValue={setAttributes}
          hint="One name=value a line. All others on the stage see them."
        />
      </CallForm>
    </Dialog>
  );
}

interface MadeTokenProps {
  readonly token: Wire<ParticipantToken>;
  readonly onClose: () => void;
  readonly onAnother: () => void;
}

function MadeToken({ token, onClose, onAnother }: MadeTokenProps) {
  const { token: text = '', userId, participantId, expirationTime } = token;
  const link = invitationLink(location.origin, text);
  return (
    <Dialog title={`Token for ${userId || participantId}`} onClose={onClose} wide>
      <div class="made-token">
        <QrCode text={link} label={`Link for ${userId || participantId}`} />
        <div>
          <Facts
            rows={[
              ['Participant id', <code key="id">{participantId}</code>],
              ['Expires', <Moment key="time" time={expirationTime} />],
            ]}
          />
          <label class="label" for="made-link">
            Link to join in a browser
          </label>
          <input id="made-link" class="code" readOnly value={link} />
          <p class="actions">
            <CopyButton text={link} label="Copy the link" />
            <CopyButton text={text} label="Copy the token" />
            <a class="button small" href={link} target="_blank" rel="noopener noreferrer">
              Open
            </a>
          </p>
          <p class="hint">Whoever has the link is this participant. It is not shown again.</p>
        </div>
      </div>
      <p class="actions end">
        <button type="button" class="button" onClick={onAnother}>
          Make another
        </button>
        <button type="button" class="button primary" onClick={onClose}>
          Done
        </button>
      </p>
    </Dialog>
  );
}
