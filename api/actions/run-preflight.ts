import { boundaryArn } from '../domain/boundary.ts';
import { allow, type Outcome } from '../domain/denial.ts';
import type { Target } from '../domain/eligibility.ts';
import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy-document.ts';
import {
  checkPreflightTarget,
  endsLiveSessions,
  type Preflight,
  type PreflightBy,
  planPreflight,
} from '../domain/preflight.ts';
import { type Finding, findingsOf } from '../domain/preflight-findings.ts';
import { preflightTakes, tooMany } from '../domain/quota.ts';
import type { PreflightWriter, RoleProber, World } from './ports.ts';

export interface PreflightTools {
  readonly store: PreflightWriter;
  readonly prober: RoleProber;
  readonly world: World;
  readonly policy: Policy;
  /** where the revocation boundary is in every account; undefined: the broker is not told */
  readonly place: { readonly partition: string; readonly boundary: string | undefined };
}

export interface PreflightReport {
  readonly id: string;
  readonly at: Instant;
  readonly target: Target;
  readonly findings: readonly Finding[];
}

/**
 * Looks at how a target role is set up, in the order of a session: record who asks for what, ask AWS, record what was
 * found, answer. NB. Whatever AWS gives ends inside the prober; there are no credentials here that could be answered.
 * @throws Unavailable if it cannot be recorded: then nothing is asked, or nothing is answered
 */
export async function runPreflight(
  { store, prober, world, policy, place }: PreflightTools,
  by: PreflightBy,
  target: Target,
): Promise<Outcome<PreflightReport>> {
  const known = checkPreflightTarget(policy, target);
  if (!known.ok) return known;
  const preflight: Preflight = { id: world.newId(), at: world.now(), target, by };
  // NB. Whoever invokes the Lambda itself is counted by nobody but AWS: IAM decides who that may be.
  const takes = by.kind === 'operator' ? preflightTakes(policy.quotas, by.person, preflight.at) : [];
  const full = await store.notePreflight(preflight, takes);
  if (full !== null) return tooMany(full, preflight.at);
  const outcomes = await prober.probe(planPreflight(preflight, world.digest));
  const { partition, boundary } = place;
  const ours = boundary === undefined ? null : boundaryArn({ partition, account: target.account, boundary });
  const findings = findingsOf(outcomes, endsLiveSessions(policy, target), ours);
  await store.noteFindings(preflight.id, world.now(), findings);
  return allow({ id: preflight.id, at: preflight.at, target, findings });
}
