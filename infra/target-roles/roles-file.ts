import { z } from 'zod';
import { inWords, problemsOf } from '../../api/policy-problems.ts';
import { type PlacedProblem, readSourceText } from '../policy/source-text.ts';

/** A role that every target account gets: its name, and what it may do. */
export interface TargetRole {
  readonly name: string;
  readonly description: string;
  /** AWS's managed policies: path and name as after `policy/` in their ARN */
  readonly managed: readonly string[];
  /** managed policies of the target account itself: path and name, beginning with '/' */
  readonly customerManaged: readonly string[];
  /** statements of its inline policy, as IAM has them */
  readonly statements: readonly object[];
}

export type RolesReading =
  | { readonly ok: true; readonly roles: readonly TargetRole[] }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] };

/** IAM User Guide, "IAM and AWS STS quotas". */
const quotas = { managed: 10, inlineCharacters: 10_240, description: 1000 } as const;

const policyName = /^[\w+=,.@-]{1,128}$/;
const managed = z.string().regex(/^([\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/, {
  error: "write the name of one of AWS's policies, with its path where it has one: job-function/Billing",
});
const customerManaged = z.string().refine(
  (name) =>
    name.startsWith('/') &&
    name
      .slice(1)
      .split('/')
      .every((part) => policyName.test(part)),
  {
    error: 'write path and name of a policy that every target account has: /team/Databases',
  },
);

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]);
const oneOf = (statement: object, a: string, b: string) => a in statement !== b in statement;
/** NB. Whether IAM knows the actions, IAM says; here it is only made sure that these are permissions at all. */
const statement = z
  .strictObject({
    Sid: z
      .string()
      .regex(/^[A-Za-z0-9]+$/, { error: 'letters and digits only' })
      .optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Action: oneOrMore.optional(),
    NotAction: oneOrMore.optional(),
    Resource: oneOrMore.optional(),
    NotResource: oneOrMore.optional(),
    Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  })
  .refine((one) => oneOf(one, 'Action', 'NotAction') && oneOf(one, 'Resource', 'NotResource'), {
    error: 'name Action or NotAction, and Resource or NotResource',
  });

const role = z
  .strictObject({
    // NB. IAM takes some other characters in descriptions; these need no thought in any template language.
    description: z
      .string()
      .max(quotas.description)
      .regex(/^[\x20-\x7e]*$/, { error: 'ASCII only' })
      .default(''),
    managed: z.array(managed).default([]),
    customerManaged: z.array(customerManaged).default([]),
    statements: z
      .array(statement)
      .refine((all) => JSON.stringify(all).length <= quotas.inlineCharacters - 512, {
        error: 'too long for an inline policy: make it a customer managed one',
      })
      .default([]),
  })
  .refine((one) => one.managed.length + one.customerManaged.length <= quotas.managed, {
    error: `a role has at most ${quotas.managed} managed policies`,
  })
  .refine((one) => one.managed.length + one.customerManaged.length + one.statements.length > 0, {
    error: 'it can do nothing: name managed policies, or statements',
  });

const rolesFile = z.strictObject({
  roles: z
    .record(z.string().regex(/^[\w+=,.@-]{1,64}$/, { error: 'an IAM role has no such name' }), role)
    .refine((all) => Object.keys(all).length > 0, { error: 'name at least one' })
    .refine((all) => distinct(Object.keys(all).map((name) => name.toLowerCase())), {
      // IAM User Guide, "IAM and AWS STS quotas": names differ by more than upper and lower case.
      error: 'two names are alike but for upper and lower case',
    }),
});

const distinct = (all: readonly string[]) => new Set(all).size === all.length;

/** @param file the path that the text came from */
export function readRoles(text: string, file: string): RolesReading {
  const source = readSourceText(text, file);
  if (source.content === undefined) return { ok: false, problems: source.problems };
  const parsed = rolesFile.safeParse(source.content, { error: inWords });
  const problems = parsed.success ? [] : problemsOf(parsed.error.issues).map(source.place);
  if (!parsed.success || source.problems.length > 0) {
    return { ok: false, problems: [...source.problems, ...problems] };
  }
  return {
    ok: true,
    roles: Object.entries(parsed.data.roles).map(([name, one]) => ({ name, ...one })),
  };
}
