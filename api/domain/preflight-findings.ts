import type { ProbeName, ProbeOutcomes, ProbeResult, RoleReading } from './preflight.ts';
import { sessionTags } from './session.ts';

export type Check =
  | 'assume'
  | 'no-external-id'
  | 'wrong-external-id'
  | 'source-identity'
  | 'session-tags'
  | 'session-length'
  | 'boundary';

export interface Finding {
  readonly check: Check;
  readonly state: 'pass' | 'fail' | 'unknown';
  readonly sentence: string;
  /** what to do, in the order in which to do it; nothing where nothing is wrong */
  readonly fix: readonly string[];
}

/**
 * What the probes say of the role. @param wantsBoundary whether a rule ends live sessions of the role, for which it
 * needs the permissions boundary `ours` (an ARN; null: not configured)
 */
export function findingsOf(outcomes: ProbeOutcomes, wantsBoundary: boolean, ours: string | null): Finding[] {
  return [
    assume(outcomes),
    ...demands.map((demand) => demanded(demand, outcomes)),
    sessionLength(outcomes),
    boundary(outcomes.role, wantsBoundary, ours),
  ];
}

const pass = (check: Check, sentence: string): Finding => ({ check, state: 'pass', sentence, fix: [] });
const fail = (check: Check, sentence: string, ...fix: string[]): Finding => ({
  check,
  state: 'fail',
  sentence,
  fix,
});
const unknown = (check: Check, sentence: string, ...fix: string[]): Finding => ({
  check,
  state: 'unknown',
  sentence,
  fix,
});

/** NB. AWS answers alike whether the role is missing or refuses, so the steps begin with what is quickest to see. */
const keptOut = [
  'Check that the role exists in this account, under the IAM path that the broker is configured with, and that its name is spelled as here, capitals included.',
  "Check that its trust policy names the role of the broker's sessions Lambda as principal, for sts:AssumeRole, sts:SetSourceIdentity and sts:TagSession.",
  "Check that the external id in its trust policy is the broker's own.",
  "Check that the broker's role may assume roles of this path, and that no service control policy or resource control policy denies it.",
];

function assume({ probes }: ProbeOutcomes): Finding {
  const check = 'assume';
  switch (probes['as-session']) {
    case 'let-in':
      return pass(check, 'The broker can assume this role, as a session does.');
    case 'refused':
      return fail(
        check,
        'AWS refuses the broker. It gives the same answer for a role that does not exist and for one that does not trust the broker.',
        ...clues(probes),
        ...keptOut,
      );
    case 'not-taken':
      return fail(
        check,
        'AWS does not take what the broker sends for this role.',
        'Check that AWS STS is active for the account in the region of the broker.',
        "Check the partition and the IAM path of the target roles in the broker's configuration.",
      );
    default:
      return unsure(check, probes['as-session']);
  }
}

/** What lets the broker in where a session is kept out says what the trust policy lacks. */
function clues(probes: ProbeOutcomes['probes']): string[] {
  const lacks: readonly [ProbeName, string][] = [
    ['no-tags', 'Allow sts:TagSession in its trust policy: without session tags AWS lets the broker in.'],
    [
      'no-source-identity',
      'Allow sts:SetSourceIdentity in its trust policy: without a source identity AWS lets the broker in.',
    ],
    [
      'no-external-id',
      "Put the broker's external id into its trust policy: without one AWS lets the broker in.",
    ],
  ];
  return lacks.filter(([probe]) => probes[probe] === 'let-in').map(([, clue]) => clue);
}

interface Demand {
  readonly check: Check;
  readonly probe: ProbeName;
  /** as in "it refuses ..." */
  readonly what: string;
  readonly harm: string;
  readonly fix: string;
}

const demands: readonly Demand[] = [
  {
    check: 'no-external-id',
    probe: 'no-external-id',
    what: 'the broker without its external id',
    harm: "Anybody who can make the broker's role act for them gets into this role without the external id.",
    fix: 'Add the condition "StringEquals": { "sts:ExternalId": "<the external id of the broker>" } to every statement of its trust policy that allows the broker sts:AssumeRole.',
  },
  {
    check: 'wrong-external-id',
    probe: 'wrong-external-id',
    what: 'the broker with another external id',
    harm: 'Any external id opens this role, so it tells no broker from another.',
    fix: 'Compare sts:ExternalId in its trust policy by "StringEquals" with the one external id of the broker, without a wildcard.',
  },
  {
    check: 'source-identity',
    probe: 'no-source-identity',
    what: 'a session without a source identity',
    harm: 'A session can be started that does not say in CloudTrail whose it is.',
    fix: 'Add the condition "StringLike": { "sts:SourceIdentity": "?*" } to its trust policy.',
  },
  {
    check: 'session-tags',
    probe: 'no-tags',
    what: 'a session without the tags of a request',
    harm: 'A session can be started that names no request.',
    fix: `Add the condition "Null": { ${Object.values(sessionTags)
      .map((tag) => `"aws:RequestTag/${tag}": "false"`)
      .join(', ')} } to its trust policy.`,
  },
];

function demanded({ check, probe, what, harm, fix }: Demand, { probes }: ProbeOutcomes): Finding {
  const result = probes[probe];
  if (result === 'let-in') return fail(check, harm, fix);
  if (result !== 'refused') return unsure(check, result);
  if (probes['as-session'] === 'let-in') return pass(check, `It refuses ${what}.`);
  return keptOutToo(check, `whether it would refuse ${what}`);
}

/** A refusal proves nothing where everything is refused. */
function keptOutToo(check: Check, what: string): Finding {
  return unknown(
    check,
    `The broker was not let in as a session is, so it cannot be seen ${what}. Correct that first.`,
  );
}

function sessionLength({ probes, role }: ProbeOutcomes): Finding {
  const check = 'session-length';
  const hour = probes['an-hour'];
  if (hour === 'let-in') return ownMaximum(role);
  if (hour === 'throttled' || hour === 'unavailable') return unsure(check, hour);
  if (probes['as-session'] !== 'let-in') return keptOutToo(check, 'how long its sessions may last');
  return fail(
    check,
    'The role lets the broker in for 15 minutes, but not for an hour.',
    'Remove a condition on sts:DurationSeconds from its trust policy, or let it be up to 3600.',
  );
}

function ownMaximum(role: RoleReading): Finding {
  const works = 'Sessions of up to an hour work, the most that AWS gives the broker';
  if (role.result !== 'read') {
    return unread('session-length', role.result, `${works}; the maximum of the role itself is not known`);
  }
  const { maxSessionSeconds } = role;
  const own = `the maximum of the role itself is ${hours(maxSessionSeconds)}`;
  return pass('session-length', `${works}; ${own}.`);
}

function hours(seconds: number): string {
  const rounded = Math.round((seconds / 3600) * 100) / 100;
  return `${rounded} ${rounded === 1 ? 'hour' : 'hours'}`;
}

function boundary(role: RoleReading, wanted: boolean, ours: string | null): Finding {
  const check = 'boundary';
  const rule = 'A rule ends live sessions of this role when they are revoked';
  if (wanted && ours === null) {
    const fix = "Set BOUNDARY_POLICY of the sessions Lambda to the enforce Lambda's.";
    return fail(check, `${rule}, but the broker does not know by which permissions boundary.`, fix);
  }
  if (role.result !== 'read') {
    return unread(check, role.result, 'Whether it has a permissions boundary is not known');
  }
  const has =
    role.boundary === null ? 'no permissions boundary' : `the permissions boundary ${role.boundary}`;
  if (!wanted) return pass(check, `It has ${has}. No rule ends live sessions of this role.`);
  if (role.boundary === ours) return pass(check, `It has ${has}, by which its live sessions can be ended.`);
  return fail(
    check,
    `${rule}, but it has ${has}, and not the one by which alone that can be done.`,
    `Attach ${ours} to the role as its permissions boundary, or take endLiveSessions out of the role's rule.`,
  );
}

/** @param known what is known all the same, without its full stop */
function unread(check: Check, result: Exclude<RoleReading['result'], 'read'>, known: string): Finding {
  switch (result) {
    case 'refused':
      return unknown(
        check,
        `${known}: the role may not read itself.`,
        'Allow iam:GetRole on itself in its permissions, if this is to be checked here; nothing else needs it.',
      );
    case 'missing':
      return unknown(check, `${known}: the role has just been deleted.`, 'Check again.');
    case 'not-asked':
      return keptOutToo(
        check,
        check === 'boundary' ? 'whether it has a permissions boundary' : 'how long it lasts',
      );
    default: {
      const { sentence, fix } = unsure(check, result);
      return unknown(check, `${known}. ${sentence}`, ...fix);
    }
  }
}

function unsure(check: Check, result: Exclude<ProbeResult, 'let-in' | 'refused'>): Finding {
  switch (result) {
    case 'throttled':
      return unknown(
        check,
        'AWS was asked too often at that moment and did not say.',
        'Wait a minute, then check again.',
      );
    case 'unavailable':
      return unknown(
        check,
        'AWS did not answer.',
        'Check again in a moment. If it stays so, look at the health of AWS STS and IAM, and at the way of the broker to them.',
      );
    case 'not-taken':
      return unknown(
        check,
        'AWS did not take the question.',
        'Correct first what is said of assuming the role, then check again.',
      );
  }
}
