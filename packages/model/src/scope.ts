/** The namespace of every resource: nothing in one scope can see another. */
export interface Scope {
  /** Twelve digits. */
  account: string;
  region: string;
}
