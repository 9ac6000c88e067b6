import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HandClock } from '../hand-clock.fixture.ts';
import { Places } from './places.ts';
import { SubscriptionPlaces } from './subscription-places.ts';
import { WishAdmission } from './wish-admission.ts';

/** A stage of so many subscribers, in an account of so many subscriptions. */
function openPlaces({ subscribers = 10, subscriptions = 10 }) {
  const clock = new HandClock('2026-11-21T20:00:00Z');
  const of = {
    subscribers: new Places({ limit: subscribers, what: 'subscribers' }),
    subscriptions: new Places({ limit: subscriptions, what: 'subscriptions' }),
  };
  return {
    ...of,
    clock,
    taken: () => [of.subscribers.taken, of.subscriptions.taken],
    newSubscriber() {
      const told: string[] = [];
      const places = new SubscriptionPlaces(of, () => clock.setAlarm(1_000, () => void told.push('too long')));
      const admission = new WishAdmission({
        places,
        onRefused: (publisherId) => told.push(publisherId),
        onAdmitted: () => told.push('admitted'),
      });
      const admit = (...publisherIds: string[]) => [...admission.admit(publisherIds)];
      return { places, admission, admit, told };
    },
  };
}

describe('a wish', () => {
  it('gets a place for each publisher, and one as a subscriber', () => {
    const { newSubscriber, taken } = openPlaces({});
    const { admit } = newSubscriber();
    assert.deepEqual(admit('a', 'b'), ['a', 'b']);
    assert.deepEqual(taken(), [1, 2]);
    assert.deepEqual(admit('b', 'c'), ['b', 'c']);
    assert.deepEqual(taken(), [1, 2]);
    assert.deepEqual(admit(), []);
    assert.deepEqual(taken(), [0, 0]);
  });

  it('gets what there is, is told once of each that it does not get, and gets it later', async () => {
    const { newSubscriber, taken } = openPlaces({ subscriptions: 2 });
    const [one, other] = [newSubscriber(), newSubscriber()];
    assert.deepEqual(one.admit('a', 'b'), ['a', 'b']);
    assert.deepEqual(other.admit('a', 'b'), []);
    assert.deepEqual(other.admit('a', 'b'), []);
    assert.deepEqual(other.told, ['a', 'b']);
    one.admit('b');
    await Promise.resolve();
    assert.deepEqual(other.told, ['a', 'b', 'admitted']);
    assert.deepEqual(other.admit('a', 'b'), ['a']);
    one.admission.close();
    await Promise.resolve();
    assert.deepEqual(other.told, ['a', 'b', 'admitted', 'admitted']);
    assert.deepEqual(other.admit('a', 'b'), ['a', 'b']);
    assert.deepEqual(taken(), [1, 2]);
  });

  it('is told again when the client asks again', () => {
    const { newSubscriber } = openPlaces({ subscriptions: 0 });
    const { admission, admit, told } = newSubscriber();
    admit('a');
    admission.renew();
    admit('a');
    assert.deepEqual(told, ['a', 'a']);
  });

  it('waits for the stage as well as for the account', async () => {
    const { newSubscriber, taken } = openPlaces({ subscribers: 1 });
    const [one, other, third] = [newSubscriber(), newSubscriber(), newSubscriber()];
    one.admit('a', 'b');
    other.admit('a', 'b');
    third.admit('a');
    assert.deepEqual(other.told, ['a', 'b']);
    one.admission.close();
    await Promise.resolve();
    assert.deepEqual(other.told, ['a', 'b', 'admitted']);
    assert.deepEqual(other.admit('a', 'b'), ['a', 'b']);
    assert.deepEqual(third.told, ['a']);
    assert.deepEqual(taken(), [1, 2]);
  });

  it('waits no more for what is no longer wished', async () => {
    const { newSubscriber, taken } = openPlaces({ subscriptions: 1 });
    const [one, other] = [newSubscriber(), newSubscriber()];
    one.admit('a');
    other.admit('b');
    other.admit();
    one.admit();
    await Promise.resolve();
    assert.deepEqual(other.told, ['b']);
    assert.deepEqual(taken(), [0, 0]);
  });

  it('gets nothing once it is closed', async () => {
    const { newSubscriber, taken } = openPlaces({ subscriptions: 1 });
    const [one, other] = [newSubscriber(), newSubscriber()];
    one.admit('a');
    other.admit('a');
    other.admission.close();
    one.admission.close();
    await Promise.resolve();
    assert.deepEqual(other.admit('a'), []);
    assert.deepEqual(taken(), [0, 0]);
  });

  it('does not get publishers that it was cut off from, until one side begins anew', () => {
    const { newSubscriber, taken } = openPlaces({});
    const { admission, admit, told } = newSubscriber();
    admit('a', 'b');
    admission.barAdmitted();
    assert.deepEqual(admit('a', 'b', 'c'), ['c']);
    assert.deepEqual(taken(), [1, 1]);
    admission.renew();
    assert.deepEqual(admit('a', 'b'), ['a', 'b']);
    admission.barAdmitted();
    assert.deepEqual(admit('b'), []);
    assert.deepEqual(admit('a', 'b'), ['a']);
    assert.deepEqual(told, []);
  });
});

describe('receiving', () => {
  it('lasts from the first publisher to the last one', () => {
    const { newSubscriber, clock } = openPlaces({});
    const { admit, told } = newSubscriber();
    admit('a');
    clock.advance(600);
    admit('a', 'b');
    admit('b');
    clock.advance(399);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.deepEqual(told, ['too long']);
  });

  it('begins anew after a break', () => {
    const { newSubscriber, clock } = openPlaces({});
    const { admit, told } = newSubscriber();
    admit('a');
    clock.advance(999);
    admit();
    assert.equal(clock.alarms, 0);
    admit('a');
    clock.advance(999);
    assert.deepEqual(told, []);
    assert.equal(clock.alarms, 1);
  });
});

describe('subscriptions to one publisher', () => {
  it('take one place, however many they are', () => {
    const { newSubscriber, taken } = openPlaces({ subscriptions: 1 });
    const { places, admit } = newSubscriber();
    const posted = [places.take('a'), places.take('a')];
    assert.deepEqual(admit('a'), ['a']);
    assert.deepEqual(taken(), [1, 1]);
    assert.equal(places.fullFor('a'), undefined);
    assert.equal(places.fullFor('b')?.fullMessage, 'There are 1 subscriptions already');
    admit();
    for (const place of [...posted, ...posted]) {
      assert.deepEqual(taken(), [1, 1]);
      place.release();
      if (place === posted[1]) break;
    }
    assert.deepEqual(taken(), [0, 0]);
  });
});
