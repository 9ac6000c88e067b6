import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Conversation, type Envelope } from '../child-program/conversation.ts';
import { IngestProgrammes } from './ingest-programmes.ts';
import type { FromIngestProgram, ToIngestProgram } from './messages.ts';
import { Programmes } from './redundant/programmes.ts';

const MORE_THAN_ANYBODY_WAITS_MS = 60_000;

describe('the programmes of the ingest program, as the server knows them,', () => {
  it('end when the program says that they failed, and tell why', async (t) => {
    const { programmes, ask } = open(t);
    const [one, other] = [await ask(), await ask()];
    const told: string[] = [];
    one.on('ended', (reason) => told.push(`${reason}: ${one.told}`));
    programmes.receive({ type: 'programmeFailed', programmeId: one.id });
    programmes.receive({ type: 'programmeFailed', programmeId: one.id });
    assert.deepEqual(told, ['lost: The programme cannot go on']);
    assert.equal(other.ended, false);
    programmes.endAll();
    assert.equal(other.ended, true);
  });

  it('are closed when the program has opened them later than anybody waits for', async (t) => {
    const { ask, program, mail } = open(t);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    mail.isHeld = true;
    const asked = ask();
    t.mock.timers.tick(MORE_THAN_ANYBODY_WAITS_MS);
    await assert.rejects(asked, /There was no answer/);
    await mail.deliver();
    await assert.rejects(joinAtOnce(program), /The programme is closed/);
    // It is not that there are none any more.
    assert.equal((await ask()).ended, false);
  });

  it('are closed when the program opens them while nobody waits any more', async (t) => {
    const { ask, program, mail } = open(t);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    mail.areAnswersHeld = true;
    const asked = ask();
    await mail.answered;
    t.mock.timers.tick(MORE_THAN_ANYBODY_WAITS_MS);
    await assert.rejects(asked, /There was no answer/);
    await assert.rejects(joinAtOnce(program), /The programme is closed/);
  });
});

/** One that is open and knows of nowhere to send has whoever joins it wait. */
async function joinAtOnce(program: Programmes): Promise<unknown> {
  return Promise.race([program.join('1', 'encoder'), new Promise(setImmediate)]);
}

/** What goes to and fro between the server and the program, in this process. */
class Mail {
  isHeld = false;
  areAnswersHeld = false;
  readonly #answered = Promise.withResolvers<void>();
  readonly #held: (() => void)[] = [];

  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  toProgram(hand: () => void): void {
    if (this.isHeld) this.#held.push(hand);
    else hand();
  }

  toServer(hand: () => void): void {
    this.#answered.resolve();
    if (!this.areAnswersHeld) hand();
  }

  /** Brings what was held, and waits until the program has answered. */
  async deliver(): Promise<void> {
    this.isHeld = false;
    for (const hand of this.#held.splice(0)) hand();
    await this.answered;
  }
}

function open(t: TestContext) {
  const mail = new Mail();
  const program = new Programmes({ onSwitch: () => undefined, onFailure: (_, error) => assert.ifError(error) });
  t.after(() => program.closeAll());
  const server: Conversation<ToIngestProgram, FromIngestProgram> = new Conversation(
    {
      send: (envelope: Envelope, onSent) => {
        onSent();
        mail.toProgram(() => child.receive(envelope));
      },
      onStuck: () => assert.fail('nobody reads'),
    },
    { onMessage: () => undefined },
  );
  const child = new Conversation<FromIngestProgram, ToIngestProgram>(
    {
      send: (envelope, onSent) => {
        onSent();
        mail.toServer(() => server.receive(envelope));
      },
      onStuck: () => assert.fail('nobody reads'),
    },
    {
      onMessage: (message) => {
        if (message.type === 'closeProgramme') program.close(message.programmeId);
      },
      onQuestion: (question) => {
        assert.ok(question.type === 'openProgramme');
        return program.open(question.programmeId);
      },
    },
  );
  const programmes = new IngestProgrammes();
  return { programmes, program, mail, ask: () => programmes.open(server) };
}
