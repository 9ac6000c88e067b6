import { useState } from 'react';

export function Lobby({ onJoin }) {
  const [isJoining, setJoining] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const token = new FormData(event.target).get('token').trim();
    setJoining(true);
    await onJoin(token);
    setJoining(false);
  }

  return (
    <form className="lobby" onSubmit={submit}>
      <h1>Join the meeting</h1>
      <p>Camera and microphone are opened once you are in.</p>
      <label>
        Participant token
        <input name="token" required autoComplete="off" spellCheck={false} />
      </label>
      <button type="submit" disabled={isJoining}>
        Join
      </button>
    </form>
  );
}
