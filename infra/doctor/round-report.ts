import { findingLines, marks, placeOf } from './report.ts';
import { type Health, healthOf, type Round, type Visit } from './round.ts';

/** What a terminal shows of one round: the rest is in what programs get. */
const most = { kinds: 20, roles: 10 } as const;

/** A line about a role that was just asked. @param count how many were, with it */
export function progressLine(visit: Visit, count: number, of: number): string {
  const number = `${count}/${of}`.padStart(2 * String(of).length + 1);
  return `${number} ${marks[healthOf(visit)].padEnd(5)} ${placeOf(visit.target)}`;
}

/**
 * What was found, for a terminal: what is wrong with which roles, then how many are well. NB. Roles of one template are
 * wrong in the same way, so each thing is said once. @param of how many roles were to be asked
 */
export function roundInWords({ visits }: Round, of: number): string[] {
  const kinds = [...kindsOf(visits).values()].sort((a, b) => b.length - a.length);
  const more = kinds.slice(most.kinds).reduce((sum, { length }) => sum + length, 0);
  return [
    ...kinds.slice(0, most.kinds).flatMap(kindInWords),
    ...(more > 0 ? [`Other things are wrong with ${more} more: --json tells of each role.`, ''] : []),
    summary(visits, of),
  ];
}

/** The roles that are not well, by what is wrong with them. */
function kindsOf(visits: readonly Visit[]): Map<string, [Visit, ...Visit[]]> {
  const kinds = new Map<string, [Visit, ...Visit[]]>();
  for (const visit of visits) {
    if (healthOf(visit) === 'pass') continue;
    const key = wrongWith(visit).join('\n');
    const same = kinds.get(key);
    if (same === undefined) kinds.set(key, [visit]);
    else same.push(visit);
  }
  return kinds;
}

function wrongWith(visit: Visit): string[] {
  return findingLines(
    'problem' in visit
      ? [{ state: 'unknown', sentence: visit.problem, fix: [] }]
      : visit.findings.filter(({ state }) => state !== 'pass'),
  );
}

function kindInWords(same: readonly [Visit, ...Visit[]]): string[] {
  const more = same.length - most.roles;
  const named = same.slice(0, most.roles).map(({ target }) => placeOf(target));
  return [
    ...named,
    ...(more > 0 ? [`and ${more} more: --json names them`] : []),
    '',
    ...wrongWith(same[0]),
    '',
  ];
}

function summary(visits: readonly Visit[], of: number): string {
  const count = (health: Health) => visits.filter((visit) => healthOf(visit) === health).length;
  const [well, failed, unknown] = [count('pass'), count('fail'), count('unknown')];
  const left = of - visits.length;
  const parts = [
    `${well} of ${of} as they should be`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} could not be answered`] : []),
    ...(left > 0 ? [`${left} not asked`] : []),
  ];
  return `Roles: ${parts.join(', ')}.`;
}
