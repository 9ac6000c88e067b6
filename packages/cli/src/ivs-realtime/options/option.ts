/** An option of the command line, by its name without dashes. */
export interface Option {
  readonly name: string;
  /** How many words follow: none, one, at least one, or one that may be left out. */
  readonly takes: 'none' | 'one' | 'some' | 'maybe';
  readonly choices?: readonly string[];
  /** Whether its word is a whole number. */
  readonly isInteger?: boolean;
}

/** The words that an option got, by its name; none for one that takes none. */
export type OptionValues = ReadonlyMap<string, readonly string[]>;
