import type { Form } from '../../api/actions/create-request.ts';
import type { World } from '../../api/actions/ports.ts';
import { world as realWorld } from '../../api/aws/world.ts';
import type { AccessRequest } from '../../api/domain/access-request.ts';
import type { Ask } from '../../api/domain/ask.ts';
import type { Circumstances } from '../../api/domain/creation.ts';
import type { Outcome } from '../../api/domain/denial.ts';
import { epochMs, type Instant, instantOf } from '../../api/domain/instant.ts';
import type { Policy } from '../../api/domain/policy-document.ts';
import type { SessionRecord } from '../../api/domain/session.ts';
import type { Authentication, User } from '../../api/domain/user.ts';
import { compilePolicy } from '../../api/policy.ts';

/** Whom and what the tests of actions, store and HTTP are about. */

const issuer = 'https://id.example.com';

/** Of whom the ID token does not say when and how they signed in. */
export const unknownSignIn: Authentication = { at: null, acr: null, amr: [] };

export function userOf(
  subject: string,
  name: string,
  groups: string[],
  claims: Record<string, string[]> = {},
): User {
  const email = `${subject}@example.com`;
  return { id: `${issuer}#${subject}`, name, email, groups, claims, authentication: unknownSignIn };
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
export const oki = userOf('oki', 'Oki Operator', ['aws-temp#Operator']);
export const nemo = userOf('nemo', 'Nemo Nobody', []);

/** Tests do more in an hour of their clock than any person; those of quotas have their own. */
const plenty = {
  sessionsPerRequest: 10_000,
  sessionsPerHour: 10_000,
  requestsPerHour: 10_000,
  requestsPerDay: 10_000,
  breakGlassPerHour: 10_000,
  invitationsPerHour: 10_000,
  preflightsPerHour: 10_000,
};

/** One reviewer for everything that a group names; production is short, and who is on call may break its glass. */
export const policy = policyWith({
  maxDuration: '4h',
  breakGlass: { groups: 'on-call', maxDuration: '30m', reviewWithin: '4h' },
});

/** Production by this rule (as the policy file spells it), and everything else by the conventions. */
export function policyWith(rule: Record<string, unknown>): Policy {
  return compilePolicy({
    conventions: true,
    quotas: plenty,
    accounts: [
      { id: production, name: 'Production', ou: '/Workloads/Production' },
      { id: staging, name: 'Staging', ou: '/Workloads/Staging' },
    ],
    rules: [
      {
        id: 'production',
        who: { conventions: true },
        what: { accounts: { name: 'Production' }, roles: '*' },
        ...rule,
      },
    ],
  });
}

export function askFor(role = 'Admin', account = production, more: Partial<Ask> = {}): Ask {
  return {
    target: { account, role },
    durationMinutes: 60,
    justification: 'Restart the payment workers.',
    ticket: null,
    start: null,
    breakGlass: false,
    ...more,
  };
}

/** A form that asks for this alone. */
export function formFor(ask = askFor(), more: Partial<Form> = {}): Form {
  const { target, ...rest } = ask;
  return { ...rest, targets: [target], extensionOf: null, ...more };
}

/** A creation of one request, with nothing beside it. */
export function alone(id: string, more: Partial<Circumstances> = {}): Circumstances {
  return { id, together: [], extending: null, overdue: [], barred: null, ...more };
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

export function sessionRecord(request: AccessRequest, world: World): SessionRecord {
  return {
    id: world.newId(),
    requestId: request.id,
    kind: 'cli',
    state: 'intended',
    user: request.requester,
    target: request.target,
    accountName: request.accountName,
    at: world.now(),
    endsAt: 'window' in request ? request.window.until : request.reviewBy,
    accessKeyId: null,
    assumedRoleId: null,
    ending: null,
    narrowedFrom: null,
    notNarrowed: null,
    sessionName: 'ada',
    sourceIdentity: 'ada',
    sourceIp: '127.0.0.1',
    userAgent: 'test',
  };
}
