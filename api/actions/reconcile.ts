import type { Preflight } from '../domain/preflight.ts';
import {
  type AssumeRoleSeen,
  claimOf,
  judgePreflight,
  judgeRevoker,
  judgeSession,
  type ReconcilePlaces,
  type Verdict,
} from '../domain/reconciliation.ts';
import type { SessionRecord } from '../domain/session.ts';
import { Unavailable, type World } from './ports.ts';

/** Strongly consistent. */
export interface SessionLedger {
  listSessionsOf(requestId: string): Promise<SessionRecord[]>;
  readPreflight(id: string): Promise<Preflight | undefined>;
}

export interface ReconcileTools {
  readonly ledger: SessionLedger;
  readonly world: Pick<World, 'now'>;
  readonly places: ReconcilePlaces;
}

/**
 * Holds one AssumeRole of CloudTrail against the record. It only reads, so that an event that comes twice is judged
 * twice alike. @throws Unavailable where that cannot be done yet
 */
export async function reconcile(tools: ReconcileTools, seen: AssumeRoleSeen): Promise<Verdict> {
  const { ledger, world, places } = tools;
  if (seen.errorCode !== null) return { kind: 'denied' };
  const claim = claimOf(seen, places);
  switch (claim.kind) {
    case 'nothing':
      return { kind: 'unmatched', reason: claim.reason };
    case 'revoker':
      return judgeRevoker(seen, places);
    case 'preflight':
      return judgePreflight(seen, await ledger.readPreflight(claim.id), places);
    case 'session': {
      const sessions = await ledger.listSessionsOf(claim.requestId);
      const verdict = judgeSession(seen, sessions, places, world.now());
      if (verdict.kind === 'too-early') throw new Unavailable('the session is being recorded');
      return verdict;
    }
  }
}
