import { Lobby } from './Lobby.jsx';
import { Tile } from './Tile.jsx';
import { useMeeting } from './use-meeting.js';

export function App() {
  const { join, people, problem, stage } = useMeeting();
  return (
    <>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {stage ? <Meeting stage={stage} people={people} /> : <Lobby onJoin={join} />}
    </>
  );
}

function Meeting({ stage, people }) {
  const { streams = [], isMuted, isStopped } = people.find(({ isLocal }) => isLocal) ?? {};
  const nothingSent = streams.length === 0;
  return (
    <section aria-label="Meeting">
      <ul className="tiles">
        {people.map((person) => (
          <Tile key={person.id} {...person} />
        ))}
      </ul>
      <div className="toolbar" role="toolbar" aria-label="What you send">
        <button type="button" aria-pressed={isMuted} disabled={nothingSent} onClick={stage.toggleMicrophone}>
          {isMuted ? 'Unmute microphone' : 'Mute microphone'}
        </button>
        <button type="button" aria-pressed={isStopped} disabled={nothingSent} onClick={stage.toggleCamera}>
          {isStopped ? 'Start camera' : 'Stop camera'}
        </button>
        <button type="button" className="leave" onClick={stage.leave}>
          Leave
        </button>
      </div>
    </section>
  );
}
