/** What a caller signs with, and on whose behalf. The secret must never reach a log or an error. */
export type AccessKey = {
  accessKeyId: string;
  secretAccessKey: string;
  /** Twelve digits. */
  account: string;
  userName: string;
};

export interface AccessKeys {
  /** Takes in what has changed until now; to be waited for before a request is looked at. */
  refresh(): Promise<void>;
  find(accessKeyId: string): AccessKey | undefined;
}

/** Access keys that stay as they are while the process runs. Throws when two of them share an id. */
export function createAccessKeys(list: readonly AccessKey[]): AccessKeys {
  const byId = new Map(list.map((key) => [key.accessKeyId, key]));
  if (byId.size !== list.length) throw new Error('Two access keys have the same access key id');
  return { refresh: async () => {}, find: (accessKeyId) => byId.get(accessKeyId) };
}
