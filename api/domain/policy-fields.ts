import type { Guardrail, OpenHours, SteppedUpAction, TicketRule } from './policy-document.ts';
import type { Quotas } from './quota.ts';

/** The fields of `policy.yaml` as `api/policy.ts` has parsed them: durations in minutes, times of day in minutes. */

type Maybe<T> = T | undefined;

export interface LimitFields {
  readonly maxDuration?: Maybe<number>;
  readonly pendingFor?: Maybe<number>;
  readonly sessionLength?: Maybe<number>;
  readonly startAhead?: Maybe<number>;
  readonly justification?: Maybe<number>;
}

export type AccountSelector =
  | { readonly id: string }
  | { readonly name: string }
  | { readonly ou: string }
  | { readonly tag: Readonly<Record<string, string>> };

export interface RuleFields extends LimitFields {
  readonly id: string;
  readonly who: {
    readonly groups?: Maybe<readonly string[]>;
    readonly claims?: Maybe<Readonly<Record<string, readonly string[]>>>;
    readonly conventions?: Maybe<true>;
  };
  readonly what: { readonly accounts: '*' | readonly AccountSelector[]; readonly roles: readonly string[] };
  readonly approval?: Maybe<'automatic' | 'one' | ApprovalFields>;
  readonly ticket?: Maybe<TicketRule>;
  readonly guardrails?: Maybe<readonly Guardrail[]>;
  readonly endLiveSessions?: Maybe<boolean>;
  readonly breakGlass?: Maybe<{
    readonly groups: readonly string[];
    readonly maxDuration: number;
    readonly justification?: Maybe<number>;
    readonly reviewWithin?: Maybe<number>;
  }>;
}

export interface ApprovalFields {
  readonly automatic?: Maybe<boolean | readonly ConditionFields[]>;
  readonly approvals?: Maybe<number>;
  readonly of?: Maybe<number>;
  readonly groups?: Maybe<readonly string[]>;
  readonly apartBy?: Maybe<{
    readonly groups?: Maybe<readonly string[]>;
    readonly claims?: Maybe<readonly string[]>;
  }>;
  readonly invitationCounts?: Maybe<boolean>;
}

export interface ConditionFields {
  readonly name: string;
  readonly maxDuration?: Maybe<number>;
  readonly hours?: Maybe<OpenHours>;
  readonly groups?: Maybe<readonly string[]>;
  readonly claims?: Maybe<Readonly<Record<string, readonly string[]>>>;
}

export interface AccountFields {
  readonly id: string;
  readonly name?: Maybe<string>;
  readonly ou?: Maybe<string>;
  readonly tags?: Maybe<Readonly<Record<string, string>>>;
  readonly roles?: Maybe<readonly string[]>;
  readonly contact?: Maybe<string>;
}

export interface StepUpFields {
  readonly maxAge?: Maybe<number>;
  readonly acr?: Maybe<readonly string[]>;
  readonly amr?: Maybe<readonly string[]>;
}

export interface PolicyFields {
  readonly limits: LimitFields;
  readonly conventions?: Maybe<boolean>;
  readonly roles: readonly string[];
  readonly organization?: Maybe<{ readonly Accounts: readonly ExportedAccount[] }>;
  readonly accounts: readonly AccountFields[];
  readonly rules?: Maybe<readonly RuleFields[]>;
  readonly contact?: Maybe<string>;
  readonly quotas: { readonly [Name in keyof Quotas]?: Maybe<number> };
  readonly stepUp: { readonly [Action in SteppedUpAction]?: Maybe<StepUpFields> };
}

/** As AWS Organizations spells it. */
export interface ExportedAccount {
  readonly Id: string;
  readonly Name: string;
  readonly Status?: Maybe<string>;
  readonly State?: Maybe<string>;
  readonly OrganizationalUnit: string;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}
