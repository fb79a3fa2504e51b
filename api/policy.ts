import { z } from 'zod';
import type { Policy, Rule } from './domain/policy-document.ts';
import { defaultLimits } from './domain/policy-document.ts';
import { limits } from './limits.ts';

/** The shape of `policy.yaml`, and the one function that compiles it into what the domain decides with. */

const units = { m: 1, h: 60, d: 24 * 60 } as const;

/** `30m`, `8h` or `1d`, as minutes. */
const duration = (min: number, max: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,4}[mhd]$/, 'a duration is written 30m, 8h or 1d')
    .transform((text) => Number(text.slice(0, -1)) * units[text.slice(-1) as keyof typeof units])
    .refine((minutes) => minutes >= min && minutes <= max, `between ${min} and ${max} minutes`);

/** Role chaining allows sessions of 15 to 60 minutes (IAM User Guide, "Roles terms and concepts"). */
const limitFields = {
  maxDuration: duration(limits.duration.min, limits.duration.max).optional(),
  pendingFor: duration(15, 7 * 24 * 60).optional(),
  sessionLength: duration(15, 60).optional(),
};

const policyFile = z.strictObject({
  limits: z.strictObject(limitFields).default({}),
  accounts: z
    .array(
      z.strictObject({
        id: z.string().regex(/^\d{12}$/, 'an account id is 12 digits, in quotes'),
        name: z
          .string()
          .trim()
          .min(1)
          .max(100)
          .regex(/^\P{C}+$/u, 'no control characters'),
        ...limitFields,
      }),
    )
    .default([])
    .superRefine((accounts, context) => {
      const seen = new Set<string>();
      for (const [index, { id }] of accounts.entries()) {
        if (seen.has(id))
          context.addIssue({ code: 'custom', path: [index, 'id'], message: `${id} stands twice` });
        seen.add(id);
      }
    }),
});

type LimitFields = { [Name in keyof typeof limitFields]?: number | undefined };

/** The policy file is refused, with every problem at once. */
export class InvalidPolicy extends Error {
  override readonly name = 'InvalidPolicy';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The policy is invalid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** @param document the parsed YAML or JSON @throws InvalidPolicy */
export function compilePolicy(document: unknown): Policy {
  const parsed = policyFile.safeParse(document);
  if (!parsed.success) {
    throw new InvalidPolicy(
      parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`),
    );
  }
  const { accounts, limits: general } = parsed.data;
  return {
    limits: { ...defaultLimits, ...ruleOf(general) },
    accounts: accounts.map(({ id, name, ...own }) => ({ id, name, limits: ruleOf(own) })),
  };
}

function ruleOf({ maxDuration, pendingFor, sessionLength }: LimitFields): Partial<Rule> {
  return {
    ...(maxDuration !== undefined && { maxDurationMinutes: maxDuration }),
    ...(pendingFor !== undefined && { pendingMinutes: pendingFor }),
    ...(sessionLength !== undefined && { sessionMinutes: sessionLength }),
  };
}
