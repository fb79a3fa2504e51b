import { z } from 'zod';

/** The variables of each Lambda: the one place that knows their names, shapes and defaults. */

const httpsOrLoopback = z.string().refine((value) => {
  const url = URL.parse(value);
  const loopback = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback);
}, 'https, or http on loopback');

const identity = {
  /** Issuer identifier exactly as tokens carry it in `iss` (RFC 8414, section 2). */
  OIDC_ISSUER: httpsOrLoopback.refine((issuer) => !/[?#]/.test(issuer), 'without a query and a fragment'),
  OIDC_CLIENT_ID: z.string().min(1),
  /** `aud` of access tokens. NB. It must differ from the client id, or an ID token could pass for an access token. */
  OIDC_AUDIENCE: z.string().min(1),
  /** Whose tokens these are: `api/http/identity-profiles.ts`. */
  OIDC_PROFILE: z.enum(['generic', 'keycloak', 'cognito', 'okta', 'entra']).default('generic'),
};
const table = { TABLE_NAME: z.string().min(3) };
const policy = {
  /** Path of the compiled policy (JSON), shipped beside the bundle. */
  POLICY_FILE: z.string().min(1),
};

const target = {
  /** IAM path of every target role: begins and ends with '/'. */
  TARGET_ROLE_PATH: z.string().regex(/^\/([\w+=,.@-]+\/)*$/),
  /** STS API Reference, AssumeRole, ExternalId. */
  EXTERNAL_ID: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/),
  TARGET_PARTITION: z.enum(['aws', 'aws-us-gov', 'aws-cn']).default('aws'),
};
/** IAM path and name, the same in every target account. */
const iamName = z.string().regex(/^\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/);

const roleArn = z.string().regex(/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/);
const topicArn = z.string().regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/);
/** of e-mail, with commas between */
const addresses = z.string().regex(/^[^\s@<>,]+@[^\s@<>,]+(,[^\s@<>,]+@[^\s@<>,]+)*$/);
const channels = {
  TOPIC_ARN: topicArn,
  /** That Amazon Q Developer reads for Slack or Teams; without it there is no chat. */
  CHAT_TOPIC_ARN: topicArn.optional(),
  /** Name or ARN of the bus that every entry goes to. NB. Never the default one, which every rule of the account reads. */
  EVENT_BUS: z
    .string()
    .regex(/^(arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/)?(?!default$|aws)[\w.-]{1,256}$/),
  /** Verified SES sender; without it, mail to requesters goes through the topic with a recipient attribute. */
  SENDER: z
    .string()
    .regex(/^[^\s@<>]+@[^\s@<>]+$/)
    .optional(),
  /** the SPA's address: where the links of messages lead */
  APP_URL: httpsOrLoopback,
};

const distinctAudience = <T extends { OIDC_CLIENT_ID: string; OIDC_AUDIENCE: string }>(env: T) =>
  env.OIDC_CLIENT_ID !== env.OIDC_AUDIENCE;
const audienceMessage = 'OIDC_AUDIENCE and OIDC_CLIENT_ID must differ';

export const envSchemas = {
  authorizer: z.object({ ...identity, ...policy }).refine(distinctAudience, audienceMessage),
  requests: z.object({ ...table, ...policy, ...identity }).refine(distinctAudience, audienceMessage),
  reviews: z.object({ ...table, ...policy, ...identity }).refine(distinctAudience, audienceMessage),
  audit: z.object({ ...table }),
  sessions: z
    .object({
      ...table,
      ...policy,
      ...identity,
      /** The SPA's address: where a console session's sign-in link says it came from. */
      APP_URL: httpsOrLoopback,
      ...target,
      /** Where the federation endpoint is not the partition's own (its host and scheme, without a path). */
      AWS_ENDPOINT_URL_SIGNIN: httpsOrLoopback.optional(),
      /** Who says where people call from: `api/http/viewer-address.ts`. */
      VIEWER_ADDRESS: z.enum(['direct', 'cloudfront', 'load-balancer']).default('direct'),
      /** As `enforce` has it; without it, no role passes the preflight that has to have the boundary. */
      BOUNDARY_POLICY: iamName.optional(),
    })
    .refine(distinctAudience, audienceMessage),
  announce: z.object({ ...table, ...channels }),
  sweep: z.object({ ...table, ...channels }),
  watch: z.object({
    TOPIC_ARN: topicArn,
    CHAT_TOPIC_ARN: topicArn.optional(),
    /** to be subscribed to the topic of reviewers; without it, nobody */
    REVIEWERS: addresses.optional(),
    /** that CloudWatch tells of alarms, and who is to be subscribed to it */
    ALARM_TOPIC_ARN: topicArn,
    ALARM_ADDRESSES: addresses,
  }),
  reconcile: z.object({
    ...table,
    TARGET_PARTITION: target.TARGET_PARTITION,
    TARGET_ROLE_PATH: target.TARGET_ROLE_PATH,
    REVOKER_ROLE: iamName,
    /** the broker's own roles, which alone become those of other accounts */
    SESSIONS_ROLE: roleArn,
    ENFORCE_ROLE: roleArn,
  }),
  enforce: z.object({
    ...table,
    ...target,
    /** The role that may version the boundary, and nothing else. */
    REVOKER_ROLE: iamName,
    /** The policy that is the boundary of every target role. */
    BOUNDARY_POLICY: iamName,
  }),
} as const;

/** A Lambda by its name, which is its handler's file too. */
export type LambdaFunction = keyof typeof envSchemas;

export type EnvOf<Name extends LambdaFunction> = z.output<(typeof envSchemas)[Name]>;

/**
 * The variables of one Lambda.
 * @throws Error that names every missing or malformed variable (never its value), so that a broken deployment says so at once.
 */
export function parseEnv<Name extends LambdaFunction>(
  name: Name,
  variables: Record<string, string | undefined>,
): EnvOf<Name> {
  const parsed = envSchemas[name].safeParse(variables);
  if (parsed.success) return parsed.data as EnvOf<Name>;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'variables'}: ${issue.message}`,
  );
  throw new Error(`The ${name} Lambda is not configured: ${problems.join('; ')}`);
}
