import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ViewerNames } from './viewer-names.ts';

test('a name is good for the channel that it was given for, and the same viewer each time', () => {
  const names = new ViewerNames();
  const [one, other] = [names.create('abc'), names.create('abc')];
  const id = names.idIn(one, 'abc');
  assert.ok(id);
  assert.equal(names.idIn(one, 'abc'), id);
  assert.ok(names.idIn(other, 'abc'));
  assert.notEqual(names.idIn(other, 'abc'), id);
  assert.equal(encodeURIComponent(one), one);
});

test('no other name is good, however it was made of one', () => {
  const names = new ViewerNames();
  const [name, other] = [names.create('abc'), names.create('abc')];
  assert.equal(names.idIn(name, 'abd'), undefined, 'of another channel');
  assert.equal(new ViewerNames().idIn(name, 'abc'), undefined, 'of another run of the server');
  assert.equal(names.idIn(other.slice(0, 20) + name.slice(20), 'abc'), undefined);
  for (const wrong of ['', 'x', name.slice(1), `${name}=`, ` ${name}`, `${name}\n`, 'a'.repeat(44), '_'.repeat(1e5)]) {
    assert.equal(names.idIn(wrong, 'abc'), undefined, wrong.slice(0, 50));
  }
  for (let place = 0; place < name.length; place += 1) {
    const changed = name.slice(0, place) + (name[place] === 'A' ? 'B' : 'A') + name.slice(place + 1);
    assert.equal(names.idIn(changed, 'abc'), undefined, changed);
  }
});
