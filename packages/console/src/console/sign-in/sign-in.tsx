import { useEffect, useState } from 'preact/hooks';
import type { SigningKey } from '../api/signature.ts';
import { checkFields } from '../controls/field.tsx';
import { SecretField, TextField } from '../controls/fields.tsx';
import { Problem } from '../controls/problem.tsx';
import { readInvitation } from '../shell/route.ts';
import { findRegion, takeInvitation } from './invitation.ts';

interface SignInProps {
  /** @throws {ApiError} where the key is none of this server */
  readonly signIn: (key: SigningKey, region: string) => Promise<void>;
}

/** The way in: an access key, or the link that the server printed. */
export function SignIn({ signIn }: SignInProps) {
  const [accessKeyId, setAccessKeyId] = useState('');
  const [secretAccessKey, setSecretAccessKey] = useState('');
  const [region, setRegion] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const enter = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  useEffect(() => {
    document.title = 'Sign in · Proscenium';
    const follow = () => {
      const code = readInvitation(location.hash);
      if (code === undefined) return false;
      // It does not stay in sight, in the history or in a bookmark.
      history.replaceState(null, '', location.pathname);
      void enter(async () => {
        const { region: itsRegion, ...key } = await takeInvitation(code);
        await signIn(key, itsRegion);
      });
      return true;
    };
    addEventListener('hashchange', follow);
    follow();
    findRegion().then(setRegion, setError);
    return () => removeEventListener('hashchange', follow);
  }, []);

  return (
    <main class="sign-in">
      <form
        class="card form"
        aria-labelledby="sign-in-title"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const key = { accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim() };
          if (!isBusy && checkFields(event.currentTarget)) void enter(() => signIn(key, region.trim()));
        }}
      >
        <img src="/assets/icon.svg" alt="" width="40" height="40" />
        <h1 id="sign-in-title">Sign in to Proscenium</h1>
        <p class="quiet">
          With an access key of this server. It stays in this page’s memory and is gone when you close or reload the
          page.
        </p>
        <TextField label="Access key id" value={accessKeyId} onValue={setAccessKeyId} required code autoFocus />
        <SecretField label="Secret access key" value={secretAccessKey} onValue={setSecretAccessKey} />
        <details class="more">
          <summary>Region {region}</summary>
          <TextField label="Region" value={region} onValue={setRegion} required code />
        </details>
        <Problem error={error} />
        <button type="submit" class="button primary block" aria-disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
        <p class="hint">
          Where is my key? The server writes the first one to <code>credentials</code> in its data folder. On the
          server’s own machine, the link that it prints at its start opens the console once without a key.
        </p>
      </form>
    </main>
  );
}
