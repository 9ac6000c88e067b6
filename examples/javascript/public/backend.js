/** Asks the backend. @throws with what it says when it refuses */
async function ask(method, path, body) {
  const headers = body && { 'content-type': 'application/json' };
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

const at = (id, ...rest) => ['/meetings', encodeURIComponent(id), ...rest].join('/');

export const backend = {
  list: () => ask('GET', '/meetings'),
  create: (title, people) => ask('POST', '/meetings', { title, people }),
  end: (id) => ask('DELETE', at(id)),
  invite: (id, name) => ask('POST', at(id, 'people'), { name }),
  broadcast: (id) => ask('POST', at(id, 'broadcast'), {}),
  endBroadcast: (id) => ask('DELETE', at(id, 'broadcast')),
};
