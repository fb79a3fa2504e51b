import type { World } from '../../api/actions/ports.ts';
import { world as realWorld } from '../../api/aws/world.ts';
import type { Outcome } from '../../api/domain/denial.ts';
import { epochMs, type Instant, instantOf } from '../../api/domain/instant.ts';
import type { Ask } from '../../api/domain/lifecycle.ts';
import type { User } from '../../api/domain/user.ts';
import { compilePolicy } from '../../api/policy.ts';

/** Whom and what the tests of actions, store and HTTP are about. */

const issuer = 'https://id.example.com';

export function userOf(subject: string, name: string, groups: string[]): User {
  return { id: `${issuer}#${subject}`, name, email: `${subject}@example.com`, groups };
}

export const production = '111122223333';
export const staging = '444455556666';
export const ada = userOf('ada', 'Ada Engineer', [
  `aws-temp#Admin#${production}`,
  `aws-temp#ReadOnly#${production}`,
  `aws-temp#Admin#${staging}`,
]);
export const eve = userOf('eve', 'Eve Engineer', [`aws-temp#Admin#${production}`]);
export const ravi = userOf('ravi', 'Ravi Reviewer', ['aws-temp#Reviewer']);
export const rosa = userOf('rosa', 'Rosa Reviewer', ['aws-temp#Reviewer', `aws-temp#Admin#${production}`]);
export const otto = userOf('otto', 'Otto Auditor', ['aws-temp#Auditor']);
export const nemo = userOf('nemo', 'Nemo Nobody', []);

export const policy = compilePolicy({
  accounts: [
    { id: production, name: 'Production', maxDuration: '4h' },
    { id: staging, name: 'Staging' },
  ],
});

export function askFor(role = 'Admin', account = production): Ask {
  return { target: { account, role }, durationMinutes: 60, justification: 'Restart the payment workers.' };
}

/** A clock that stands still until it is moved, with real ids and digests. */
export function stoppedWorld(start = '2026-11-23T09:30:00.000Z') {
  let at = Date.parse(start);
  return {
    now: () => instantOf(at),
    newId: realWorld.newId,
    digest: realWorld.digest,
    pass: (minutes: number) => {
      at += minutes * 60_000;
    },
    goTo: (instant: Instant) => {
      at = epochMs(instant);
    },
  } satisfies World & Record<string, unknown>;
}
export type StoppedWorld = ReturnType<typeof stoppedWorld>;

/** The value of an outcome that the test needs to be allowed. */
export function allowed<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`denied: ${outcome.denial.code} (${outcome.denial.sentence})`);
}

/** The code of an outcome that the test needs to be denied. */
export function codeOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'allowed' : outcome.denial.code;
}
