import { z } from 'zod';
import { accountId, line, some } from '../api/policy-values.ts';
import { restored, text } from './deployment-values.ts';

/** The shape of `deployment.yaml`, field by field. What fields have to be to one another is in `deployment-checks.ts`. */

const path = line(1000);
const mail = text('a mail address is written team@example.com', /^[^\s@<>,"]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i);
const host = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+';

const https = text('an address is written https://host/path', /^https:\/\/[^\s@?#"<>]+$/).refine(
  (address) => URL.canParse(address),
  'there is no such address',
);
const origin = text(
  'an origin is written https://id.example.com, without a path',
  new RegExp(`^https://${host}(:\\d{1,5})?$`),
).refine((address) => URL.canParse(address), 'there is no such address');

/** IAM API Reference: path and name of a policy or a role. */
const iamName = text(
  'written with its path, as /stepladder-control/StepladderBoundary',
  /^\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
);

export const profileNames = ['generic', 'keycloak', 'cognito', 'okta', 'entra'] as const;

const identity = z
  .strictObject({
    profile: z.enum(profileNames).describe('Whose tokens these are: infra/identity/README.md.'),
    issuer: https.describe('Letter for letter as the discovery document names it.'),
    clientId: line(200).describe('The client of the pages.'),
    audience: line(500).describe('What stands in aud of access tokens for this API; never the client id.'),
    scope: text(
      'scopes are words with a space between them',
      /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/,
    )
      .optional()
      .describe("What the pages ask for; the profile's own scopes if left out."),
    resource: z
      .boolean()
      .optional()
      .describe(
        'Whether the pages ask for the audience by name (RFC 8707): Amazon Cognito needs it, some others know it.',
      ),
    origins: some(origin)
      .default([])
      .describe("The token endpoint's origin, where it is not the issuer's: pages may call no other."),
  })
  .describe('The OpenID provider where people sign in.');

const saml = z
  .strictObject({
    metadata: path.describe("The SAML provider's metadata: an https address, or the path of a file."),
    domain: text(
      'a prefix has lower-case letters, digits and hyphens, and not the words aws, amazon and cognito',
      /^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    ).describe("The sign-in pages' name in Amazon Cognito: DOMAIN.auth.REGION.amazoncognito.com."),
    attributes: z
      .strictObject({
        email: line(200).default('email'),
        emailVerified: line(200)
          .default('email_verified')
          .describe('Has to be true, or the e-mail counts for nothing.'),
        name: line(200).default('name'),
        groups: line(200).default('groups'),
      })
      .prefault({})
      .describe("The assertion's names of them."),
  })
  .describe('A provider that speaks SAML alone: Amazon Cognito makes OpenID of it.');

const slack = z.strictObject({
  workspace: text('a workspace id is written T0123ABCD', /^[0-9A-Z]{1,255}$/),
  channel: text('a channel id is written C0123ABCD', /^[0-9A-Z]{1,255}$/),
});
const guid = (what: string) => text(`${what} is a UUID`, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
const teams = z.strictObject({
  tenant: guid('a tenant id'),
  team: guid('a team id'),
  channel: line(500).describe("The channel's id, as its link has it."),
});

const notifications = z
  .strictObject({
    reviewers: some(mail)
      .default([])
      .describe('Who is told of what waits for a review. Each has to confirm.'),
    sender: mail
      .optional()
      .describe(
        'A verified identity of Amazon SES that mail to requesters comes from; without it, the topic tells them.',
      ),
    chat: z
      .strictObject({ slack: some(slack).default([]), teams: some(teams).default([]) })
      .optional()
      .describe('A topic for Amazon Q Developer in chat applications, and the channels that it writes to.'),
  })
  .describe('Whom Stepladder tells, and how.');

const domain = z
  .strictObject({
    name: text('a name is written stepladder.example.com', new RegExp(`^${host}$`)),
    certificate: text(
      'a certificate is written arn:aws:acm:REGION:ACCOUNT:certificate/ID',
      /^arn:(aws|aws-us-gov|aws-cn):acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
    ),
  })
  .describe("The pages' own name, and the certificate of AWS Certificate Manager for it.");

const externalId = text('an external id is 2 to 1224 of A-Z a-z 0-9 _+=,.@:/-', /^[\w+=,.@:/-]{2,1224}$/);
const targets = z
  .strictObject({
    path: text('a path begins and ends with /', /^\/([\w+=,.@-]+\/)*$/)
      // What is below the root is every role that there is.
      .refine((one) => one !== '/', 'target roles need a path of their own, such as /stepladder/')
      .describe('IAM path of every target role.'),
    externalId: some(externalId)
      .refine((ids) => ids.length < 3, 'one, or two while it is changed')
      .refine((ids) => new Set(ids).size === ids.length, 'the same twice: write one')
      .describe('What the target roles ask for. While it is changed two: the current one first.'),
    endLiveSessions: z
      .boolean()
      .default(false)
      .describe('Whether the target accounts have the boundary and the revoker: infra/revocation/README.md.'),
    boundary: iamName.default('/stepladder-control/StepladderBoundary'),
    revoker: iamName.default('/stepladder-control/StepladderRevoker'),
  })
  .describe('The roles that people ask for.');

/** Amazon CloudWatch Logs API Reference, PutRetentionPolicy. */
const logDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const retention = z
  .strictObject({
    logs: z
      .int()
      .refine(
        (days) => logDays.includes(days),
        `write one of the days that CloudWatch Logs takes: ${logDays.join(', ')}`,
      )
      .default(365)
      .describe('Days that logs are kept.'),
    backups: z
      .int()
      .min(1)
      .max(35)
      .default(35)
      .describe('Days back to any second of which the table can be restored.'),
  })
  .prefault({})
  .describe('How long things are kept. Requests, sessions and the audit trail always are.');

/** An id of Amazon EC2: eight hexadecimal digits, or seventeen. */
const ec2Id = (prefix: string) =>
  text(`written ${prefix}-0123456789abcdef0`, new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`));
const cidr = z.cidrv4('addresses are written 10.0.0.0/8');
const network = z
  .strictObject({
    vpc: ec2Id('vpc'),
    subnets: z
      .array(
        z.strictObject({
          id: ec2Id('subnet'),
          zone: text('a zone is written eu-central-1a', /^[a-z]{2}[a-z0-9-]*-\d{1,2}[a-z]$/),
        }),
      )
      .min(2, 'name at least two, in different zones: a load balancer needs them')
      .describe('Private subnets of that VPC.'),
    people: some(cidr)
      .refine((ranges) => !ranges.includes('0.0.0.0/0'), 'that is everybody: name your own ranges')
      .describe('The addresses that people come from.'),
    provider: some(cidr).describe(
      'Where the OpenID provider is, by the routes of these subnets; 0.0.0.0/0 through a NAT gateway.',
    ),
    routeTables: some(ec2Id('rtb'))
      .optional()
      .describe(
        'Route tables of these subnets, where the way to DynamoDB is entered; without it, there is one.',
      ),
    endpoints: z
      .partialRecord(z.enum(['sts', 'iam', 'sns', 'email', 'events']), ec2Id('sg'))
      .default({})
      .describe('Endpoints that the VPC has already, each by its security group: all others are made.'),
  })
  .describe('No public endpoint: an internal load balancer and a private API in a VPC of yours.');

const colour = text('a colour is written "#006ce0"', /^#[0-9a-f]{6}$/i);
const branding = z
  .strictObject({
    title: line(60).default('Stepladder'),
    logo: path.optional().describe('The path of an SVG or PNG file, shown 24 pixels high on a dark bar.'),
    banner: z
      .strictObject({ text: line(300), link: https.optional() })
      .optional()
      .describe('A line above every page.'),
    colours: z
      .strictObject({ light: colour, dark: colour })
      .optional()
      .describe('Of links and buttons, on a light and on a dark page.'),
  })
  .prefault({})
  .describe('What the pages look like.');

const traffic = z
  .strictObject({
    perAddress: z
      .int()
      .min(100)
      .max(2_000_000_000)
      .default(5000)
      .describe('Calls in five minutes from one address; whoever makes more is turned away by AWS WAF.'),
    rate: z.int().min(1).max(10_000).default(100).describe('Calls in a second, of everybody together.'),
    burst: z.int().min(1).max(5000).default(200).describe('Calls at once, of everybody together.'),
    secret: z.int().min(1).max(9999).default(1).describe('Counted up, CloudFront shows a new one.'),
  })
  .prefault({})
  .describe('How much is answered.');

export const deploymentFile = z.strictObject({
  $schema: z.string().optional(),
  name: text(
    // Of a longer one CloudFormation keeps only the beginning in the names that it makes, and the guard looks for all of it.
    'a name has up to 20 lower-case letters, digits and hyphens',
    /^(?=.{2,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  )
    .default('stepladder')
    .describe('Of the stack; begins the names of its roles, two of which target accounts trust.'),
  account: accountId.describe("The broker's account. Nothing is deployed to another."),
  region: text('a region is written eu-central-1', /^[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}$/),
  identity: identity.optional(),
  saml: saml.optional(),
  policy: path.describe('The path of the policy file, seen from this file: infra/policy/README.md.'),
  notifications,
  alarms: z
    .strictObject({ address: some(mail) })
    .describe('Who is told when something is wrong with Stepladder itself. Each has to confirm.'),
  domain: domain.optional(),
  targets,
  retention,
  restored: restored.optional(),
  network: network.optional(),
  branding,
  traffic,
});
export type DeploymentFile = z.output<typeof deploymentFile>;
