import type { Surface } from './surface.ts';

/** What a surface should have: exports, their members, and what these are where it matters. */
export interface Expectation {
  readonly exportName: string;
  readonly memberName?: string;
  /** Of an enumeration's member. */
  readonly value?: string | number;
}

/** `Export` or `Export.member`. */
export function nameOf({ exportName, memberName }: Expectation): string {
  return memberName === undefined ? exportName : `${exportName}.${memberName}`;
}

/** All expectations of lists like those of `expected.ts`. */
export function expectationsOf(
  enumerations: Readonly<Record<string, Readonly<Record<string, string | number>>>>,
  members: Readonly<Record<string, readonly string[]>>,
): Expectation[] {
  const values = Object.entries(enumerations).flatMap(([exportName, entries]) => [
    { exportName },
    ...Object.entries(entries).map(([memberName, value]) => ({ exportName, memberName, value })),
  ]);
  const names = Object.entries(members).flatMap(([exportName, memberNames]) => [
    { exportName },
    ...memberNames.map((memberName) => ({ exportName, memberName })),
  ]);
  return [...values, ...names];
}

/**
 * What is wrong with a surface, a line each: what is missing and not excused, what has another value, and what is excused
 * although it is there or although nobody expects it.
 *
 * @param excused names of what is not there, each with a reason
 */
export function checkSurface(
  surface: Surface,
  expectations: readonly Expectation[],
  excused: Readonly<Record<string, string>>,
): string[] {
  const faults = expectations.flatMap((expectation) => {
    const { exportName, memberName, value } = expectation;
    const name = nameOf(expectation);
    const found = surface.find((each) => each.name === exportName);
    const member = found?.members.find((each) => each.name === memberName);
    const present = memberName === undefined ? found !== undefined : member !== undefined;
    const isExcused = exportName in excused || name in excused;
    if (!present) return isExcused ? [] : [`${name} is missing`];
    if (isExcused) return [`${name} is excused, and there`];
    const wanted = value === undefined ? undefined : JSON.stringify(value);
    return wanted !== undefined && member?.type !== wanted ? [`${name} is ${member?.type}, not ${wanted}`] : [];
  });
  const names = new Set(expectations.map(nameOf));
  const strange = Object.keys(excused).filter((name) => !names.has(name));
  return [...faults, ...strange.map((name) => `${name} is excused, and not expected`)];
}
