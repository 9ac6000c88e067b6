import { useSession } from '../session.ts';
import { hrefOf, type Route } from './route.ts';

const groups: readonly (readonly [title: string, entries: readonly (readonly [name: string, label: string])[]])[] = [
  [
    'Live',
    [
      ['stages', 'Stages'],
      ['compositions', 'Compositions'],
      ['channels', 'Channels'],
      ['ingest', 'Ingest'],
    ],
  ],
  [
    'Kept',
    [
      ['recordings', 'Recordings'],
      ['storage', 'Storage'],
    ],
  ],
  [
    'Settings',
    [
      ['encoders', 'Encoders'],
      ['keys', 'Public keys'],
    ],
  ],
  [
    'Access',
    [
      ['users', 'Users'],
      ['policies', 'Policies'],
    ],
  ],
  [
    'Server',
    [
      ['events', 'Events'],
      ['health', 'Health'],
    ],
  ],
];

/** The ways to all views; who is signed in, and the way out. */
export function Navigation({ route }: { route: Route }) {
  const { facts, signOut } = useSession();
  return (
    <aside class="side">
      <a class="brand" href={hrefOf('stages')}>
        <img src="/assets/icon.svg" alt="" width="24" height="24" />
        Proscenium
      </a>
      <nav aria-label="Console">
        {groups.map(([title, entries]) => (
          <div key={title} class="group">
            <h2>{title}</h2>
            <ul>
              {entries.map(([name, label]) => (
                <li key={name}>
                  <a href={hrefOf(name)} aria-current={route[0] === name ? 'page' : undefined}>
                    {label}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <footer>
        <p title={`Account ${facts.account}, region ${facts.region}`}>
          <strong>{facts.userName}</strong>
          <span>
            {facts.account} · {facts.region}
          </span>
        </p>
        <button type="button" class="button small" onClick={signOut}>
          Sign out
        </button>
      </footer>
    </aside>
  );
}
