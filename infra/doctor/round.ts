import type { FindingView, PreflightView, TargetView } from '../../api/contract.ts';
import type { Target } from '../../api/domain/eligibility.ts';
import { accountName, type Policy } from '../../api/domain/policy-document.ts';
import { knownTargets } from '../../api/domain/rule-match.ts';
import { type Broker, CouldNotAsk } from './ask.ts';

/** A round asks of many target roles, one preflight each. */

/** What became of one role: what was found, or why nothing was. */
export type Visit = PreflightView | { readonly target: TargetView; readonly problem: string };

export interface Round {
  /** in the order of the roles; a round that was stopped has fewer */
  readonly visits: readonly Visit[];
  /** why no other role could be asked either; null: that was not so */
  readonly stoppedBy: CouldNotAsk | null;
}

export interface RoundOptions {
  /** hears of each role when it is done, in whatever order that is */
  readonly told: (visit: Visit) => void;
  /** ends the round, and what is being asked */
  readonly signal: AbortSignal;
}

/** Few: people who want a session wait for the same Lambda and the same quota of AWS STS. */
const atOnce = 3;

/** Which roles: what is left out may be any. */
export interface Only {
  readonly account?: string | undefined;
  readonly role?: string | undefined;
}

/** What the policy file names, as the page _Operations_ lists it. */
export function rolesOf(policy: Policy, only: Only): TargetView[] {
  const isMeant = ({ account, role }: Target) =>
    account === (only.account ?? account) && role === (only.role ?? role);
  return knownTargets(policy, '')
    .filter(isMeant)
    .map(({ account, role }) => ({ account, accountName: accountName(policy, account), role }));
}

/** Asks of each role. One that could not be asked does not keep it from the others, unless it would be the same of them. */
export async function goRound(
  broker: Pick<Broker, 'ask'>,
  roles: readonly TargetView[],
  { told, signal }: RoundOptions,
): Promise<Round> {
  const done = new Map<TargetView, Visit>();
  const waiting = roles.values();
  let stoppedBy: CouldNotAsk | null = null;
  const walk = async () => {
    // NB. One iterator for all who walk: each takes the next role that nobody has taken.
    for (const target of waiting) {
      const visit = await visited(broker, target, signal);
      if (visit instanceof CouldNotAsk) stoppedBy ??= visit;
      else if (visit !== undefined) {
        done.set(target, visit);
        told(visit);
      }
      if (stoppedBy !== null || signal.aborted) return;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, walk));
  return { visits: roles.flatMap((role) => done.get(role) ?? []), stoppedBy };
}

/** @returns why it could not be asked, where that is so of all; undefined where it was broken off */
async function visited(
  broker: Pick<Broker, 'ask'>,
  target: TargetView,
  signal: AbortSignal,
): Promise<Visit | CouldNotAsk | undefined> {
  try {
    return await broker.ask({ account: target.account, role: target.role }, signal);
  } catch (error) {
    if (!(error instanceof CouldNotAsk)) throw error;
    if (signal.aborted) return undefined;
    return error.ofAll ? error : { target, problem: error.message };
  }
}

export type Health = FindingView['state'];

/** The worst that was found; unknown where nothing was. */
export function healthOf(visit: Visit): Health {
  if ('problem' in visit) return 'unknown';
  const states = visit.findings.map(({ state }) => state);
  return states.includes('fail') ? 'fail' : states.includes('unknown') ? 'unknown' : 'pass';
}
