import { z } from 'zod';
import { assemblePolicy } from './domain/policy-assembly.ts';
import { guardrails, type Policy, weekdays } from './domain/policy-document.ts';
import { type LintProblem, lintAlone, lintPolicy } from './domain/policy-lint.ts';
import { limits } from './limits.ts';
import { inWords, problemsOf, prototypeKeys } from './policy-problems.ts';
import {
  account,
  accountId,
  claims,
  clock,
  duration,
  forEverybody,
  group,
  groupPattern,
  line,
  organization,
  otherwise,
  roleName,
  rolePattern,
  some,
  someOf,
  tagsWanted,
  ticketPattern,
  unitPath,
  zone,
} from './policy-values.ts';

/** The shape of `policy.yaml`, and the one function that compiles it into what the domain decides with. */

/** Role chaining allows sessions of 15 to 60 minutes (IAM User Guide, "Roles terms and concepts"). */
const limitFields = {
  maxDuration: duration(limits.duration.min, limits.duration.max)
    .optional()
    .describe('The longest access that may be asked for: 30m, 8h.'),
  pendingFor: duration(15, limits.pending.maxMinutes)
    .optional()
    .describe('How long a request may wait for its reviews: 24h, 2d.'),
  sessionLength: duration(15, 60).optional().describe('The longest session inside that access: 15m to 1h.'),
  startAhead: z
    .union(
      [z.literal('none').transform(() => 0), duration(15, limits.startAhead.maxMinutes)],
      'write none, or a duration like 7d',
    )
    .optional()
    .describe('How far ahead a start may be asked for, or none.'),
  justification: z
    .int()
    .min(limits.justification.min)
    .max(limits.justification.max)
    .optional()
    .describe('The least characters of a justification.'),
};

const accountSelector = z
  .union(
    [
      accountId.transform((id) => ({ id })),
      z.strictObject({ id: accountId }),
      z.strictObject({ name: line(100).describe('* stands for any characters.') }),
      z.strictObject({ ou: unitPath.describe('With all organisational units below it.') }),
      z.strictObject({ tag: tagsWanted.describe('All of these tags, with just these values.') }),
    ],
    'an account is an id of 12 digits in quotes, or one of id, name, ou or tag',
  )
  .describe('Which accounts: an id, or one of id, name, ou or tag.');

const hours = z
  .strictObject({
    days: someOf(weekdays),
    from: clock,
    until: clock.describe('Not included; 24:00 is the end of the day.'),
    zone: zone.describe('An IANA time zone: Europe/Berlin.'),
  })
  .refine(
    ({ from, until }) => until - from >= limits.duration.min,
    `until has to be at least ${limits.duration.min} minutes after from, or no request ever fits`,
  );

const condition = z
  .strictObject({
    name: line(100).describe('Stands in the audit entry of whatever this lets through.'),
    maxDuration: limitFields.maxDuration,
    hours: hours.optional().describe('The whole access lies in these hours of one of these days.'),
    groups: some(group).optional().describe('The requester is in one of them: on call, say.'),
    claims: claims.optional().describe('The requester has, of each claim, one of the values.'),
  })
  .refine(
    ({ maxDuration, hours: open, groups, claims: asked }) =>
      Boolean(maxDuration ?? open ?? groups) || Object.keys(asked ?? {}).length > 0,
    'asks nothing: write automatic: true if that is meant',
  );

const approval = z
  .strictObject({
    automatic: z
      .union([z.boolean(), z.array(condition).min(1)], 'write true, false or a list of conditions')
      .optional()
      .describe('Whichever condition holds first lets a request through without a reviewer.'),
    approvals: z.int().min(1).max(10).optional().describe('How many distinct people have to approve.'),
    of: z.int().min(1).max(1000).optional().describe('How many people can review.'),
    groups: z
      .union([group.transform((one) => [one]), z.array(group)], 'write one or a list of them')
      .optional()
      .describe('Whose members are the reviewers; aws-temp#Reviewer if nothing is said.'),
    apartBy: z
      .strictObject({
        groups: some(groupPattern).optional().describe('Groups that are teams; * stands for any characters.'),
        claims: some(line(64)).optional().describe('Claims whose values are teams.'),
      })
      .optional()
      .describe('Separation of duties: reviewers share no team with the requester.'),
    invitationCounts: z
      .boolean()
      .optional()
      .describe('Whether a reviewer who invites an engineer has thereby approved.'),
  })
  .refine((named) => named.automatic !== true || !(named.approvals ?? named.of ?? named.apartBy), {
    path: ['automatic'],
    message: 'true lets everything through: what reviewers are asked beside it would never count',
  });

const who = z
  .strictObject({
    groups: some(group).optional().describe('A member of any of them. Compared whole.'),
    claims: claims.optional().describe('Of each claim, one of the values.'),
    conventions: z
      .literal(true)
      .optional()
      .describe('A member of the group that names the target: aws-temp#<role>#<account>.'),
  })
  .refine(
    ({ groups, claims: asked, conventions }) =>
      groups !== undefined || conventions || Object.keys(asked ?? {}).length > 0,
    'name groups, claims or conventions',
  );

const rule = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'an id has lower-case letters, digits and hyphens'),
    who: who.describe('All that is named has to hold.'),
    what: z.strictObject({
      accounts: z.union(
        [z.literal('*'), some(accountSelector)],
        otherwise('write "*", one account or a list of them'),
      ),
      roles: some(rolePattern).describe('Role names; * stands for any characters.'),
    }),
    approval: z
      .union([z.enum(['automatic', 'one']), approval], 'write automatic, one, or the fields of an approval')
      .optional(),
    ...limitFields,
    ticket: z
      .strictObject({
        pattern: ticketPattern.describe('A regular expression that the whole ticket has to match.'),
        required: z.boolean().default(true),
      })
      .optional(),
    guardrails: someOf(guardrails).optional().describe('What sessions may not do, whatever the role may.'),
    endLiveSessions: z
      .boolean()
      .optional()
      .describe('Whether a revocation also ends live sessions: the target roles need the boundary for it.'),
    breakGlass: z
      .strictObject({
        groups: some(group).describe('Whose members may.'),
        maxDuration: duration(limits.duration.min, 240),
        justification: limitFields.justification,
        reviewWithin: duration(15, 3 * 24 * 60).optional(),
      })
      .optional()
      .describe('Access at once, reviewed afterwards.'),
  })
  .describe('The first rule whose who and what both match applies.');

export const policyFile = z.strictObject({
  $schema: z.string().optional(),
  limits: z.strictObject(limitFields).default({}).describe('For every rule that does not say otherwise.'),
  conventions: z
    .boolean()
    .optional()
    .describe('Whether groups named aws-temp#<role>#<account> count after the rules. Without rules they do.'),
  roles: some(roleName).default([]).describe('The roles that every account has.'),
  organization: z
    .union([z.string().min(1), organization], 'write the path of an export of AWS Organizations')
    .optional()
    .describe('The path of a checked-in export of AWS Organizations, seen from this file.'),
  accounts: z.array(account).default([]).describe('Accounts, or what the export does not say of them.'),
  rules: z.array(rule).optional(),
  ...forEverybody,
});
export type PolicyFile = z.output<typeof policyFile>;

/** One thing that is wrong with a policy file. */
export type PolicyProblem = LintProblem;

/** The policy file is refused, with every problem at once. */
export class InvalidPolicy extends Error {
  override readonly name = 'InvalidPolicy';
  readonly problems: readonly PolicyProblem[];
  constructor(problems: readonly PolicyProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`);
    super(`The policy is invalid:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** @param document the parsed YAML or JSON, with the organisation's export in its place @throws InvalidPolicy */
export function compilePolicy(document: unknown): Policy {
  const parsed = policyFile.safeParse(document, { error: inWords });
  const problems = [...prototypeKeys(document), ...problemsOf(parsed.error?.issues ?? [])];
  const exported = parsed.data?.organization;
  if (typeof exported === 'string') {
    problems.push({ path: ['organization'], message: `${exported} was not read` });
  }
  if (!parsed.success || typeof exported === 'string' || problems.length > 0) {
    throw new InvalidPolicy([...problems, ...lintTheRest(document, problems)]);
  }
  const file = { ...parsed.data, organization: exported };
  const found = lintPolicy(file);
  if (found.length > 0) throw new InvalidPolicy(found);
  return assemblePolicy(file);
}

/** What else is wrong, as far as that can be told beside parts whose shape is. */
function lintTheRest(document: unknown, problems: readonly PolicyProblem[]): PolicyProblem[] {
  if (typeof document !== 'object' || document === null) return [];
  const isBroken = (...place: PolicyProblem['path']) =>
    problems.some(({ path }) => place.every((part, at) => path[at] === part));
  const kept = new Map<string, number[]>();
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(document)) {
    if (key === 'organization' || (!Array.isArray(value) && isBroken(key))) continue;
    if (Array.isArray(value))
      kept.set(
        key,
        [...value.keys()].filter((index) => !isBroken(key, index)),
      );
    rest[key] = kept.get(key)?.map((index) => value[index]) ?? value;
  }
  const parsed = policyFile.safeParse(rest);
  if (!parsed.success) return [];
  return lintAlone({ ...parsed.data, organization: undefined }).map(({ path, message }) => {
    const [part, index, ...inside] = path;
    const moved = typeof index === 'number' ? kept.get(String(part))?.[index] : undefined;
    return { path: moved === undefined ? path : [String(part), moved, ...inside], message };
  });
}
