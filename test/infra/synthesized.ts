import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { LambdaFunction } from '../../api/env.ts';
import { BrokerStack, type BrokerStackProps, type Deployment } from '../../infra/broker-stack.ts';
import { lambdaFunctions, moduleName } from '../../infra/bundles.ts';

/** A stack as `npm run deploy` makes it, but of small files in place of the bundles and the app. */

export const deployment: Deployment = {
  name: 'stepladder',
  account: '999988887777',
  region: 'eu-central-1',
  partition: 'aws',
  identity: {
    profile: 'keycloak',
    issuer: 'https://id.example.com/realms/staff',
    clientId: 'stepladder',
    audience: 'stepladder-api',
    scope: 'openid profile email',
    resource: null,
    origins: ['https://id.example.com'],
  },
  alarms: { address: ['on-call@example.com'] },
  notifications: {
    reviewers: ['reviewers@example.com'],
    sender: 'stepladder@example.com',
    chat: {
      slack: [{ workspace: 'T0123ABCD', channel: 'C0123ABCD' }],
      teams: [
        {
          tenant: '00000000-0000-0000-0000-000000000001',
          team: '00000000-0000-0000-0000-000000000002',
          channel: '19%3Aabc%40thread.tacv2',
        },
      ],
    },
  },
  targets: {
    path: '/stepladder/',
    externalIds: ['an-external-id'],
    boundary: '/stepladder-control/StepladderBoundary',
    revoker: '/stepladder-control/StepladderRevoker',
  },
  retention: { logs: 365, backups: 35 },
  branding: { title: 'Stepladder' },
  traffic: { perAddress: 5000, rate: 100, burst: 200, secret: 1 },
};

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, { readonly Value: unknown }>;
}

/** Folders like those that are shipped. */
export function shipped() {
  const directory = mkdtempSync(join(tmpdir(), 'stepladder-shipped-'));
  const folder = (name: string, files: Record<string, string>) => {
    const path = join(directory, name);
    mkdirSync(path);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  };
  const bundles = Object.fromEntries(
    lambdaFunctions.map((name) => [
      name,
      folder(name, { [moduleName]: `export const handler = '${name}';` }),
    ]),
  ) as Record<(typeof lambdaFunctions)[number], string>;
  const pages = folder('pages', { 'index.html': '<!doctype html>' });
  return { bundles, pages, remove: () => rmSync(directory, { recursive: true }) };
}

/** What a deployment file gives, whoever its provider is. */
export type Given = BrokerStackProps['deployment'];

/** @param changed what is otherwise than in `deployment` */
export function synthesize(changed: Partial<Given> = {}, prepare: (app: App) => void = () => {}) {
  const { bundles, pages, remove } = shipped();
  const outdir = mkdtempSync(join(tmpdir(), 'stepladder-assembly-'));
  try {
    const app = new App({ outdir });
    const whole: Given = { ...deployment, ...changed };
    const stack = new BrokerStack(app, 'Broker', {
      deployment: whole,
      bundles,
      pages,
      // Any folder will do for the function that Cognito calls.
      ...('metadata' in whole.identity && { samlBundle: bundles.authorizer }),
    });
    prepare(app);
    const artifact = app.synth().getStackArtifact(stack.artifactId);
    return { template: artifact.template as Template, stack };
  } finally {
    rmSync(outdir, { recursive: true });
    remove();
  }
}

const { account, region } = deployment;
const pseudo: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::AccountId': account,
  'AWS::Region': region,
};
/** What AWS will say of a resource that is there, by its type: the names are made up. */
const arns: Readonly<Record<string, (id: string) => string>> = {
  'AWS::DynamoDB::Table': (id) => `arn:aws:dynamodb:${region}:${account}:table/${id}`,
  'AWS::IAM::Role': (id) => `arn:aws:iam::${account}:role/${id}`,
  'AWS::KMS::Key': () => `arn:aws:kms:${region}:${account}:key/00000000-0000-0000-0000-000000000000`,
  'AWS::Lambda::Function': (id) => `arn:aws:lambda:${region}:${account}:function:${id}`,
  'AWS::Logs::LogGroup': (id) => `arn:aws:logs:${region}:${account}:log-group:${id}:*`,
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${id.toLowerCase()}`,
  'AWS::SNS::Topic': (id) => `arn:aws:sns:${region}:${account}:${id}`,
  'AWS::SQS::Queue': (id) => `arn:aws:sqs:${region}:${account}:${id}`,
};

/** A part of the template as it will be when it is deployed. */
export function resolverOf({ Resources }: Template) {
  const arnOf = (id: string) => arns[Resources[id]?.Type ?? '']?.(id) ?? `${id}.Arn`;
  const attribute = (id: string, name: string) => {
    if (name === 'Arn') return arnOf(id);
    if (name === 'StreamArn') return `${arnOf(id)}/stream/2026-11-28T00:00:00.000`;
    return name === 'DomainName' ? 'd111111abcdef8.cloudfront.net' : `${id}.${name}`;
  };
  // NB. What a topic is referred to by is its ARN.
  const reference = (id: string) =>
    pseudo[id] ?? (Resources[id]?.Type === 'AWS::SNS::Topic' ? arnOf(id) : id);
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value) as [string, unknown][];
    const [[name, of] = ['', undefined]] = entries;
    if (name === 'Ref') return reference(String(of));
    if (name === 'Fn::GetAtt') return attribute(...(of as [string, string]));
    if (name === 'Fn::Join') {
      const [by, parts] = of as [string, unknown[]];
      return parts.map(resolve).join(by);
    }
    return Object.fromEntries(entries.map(([field, part]) => [field, resolve(part)]));
  };
  return resolve;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Everything that a Lambda's role may do, from whatever policy. */
export function permissionsOf(template: Template, name: LambdaFunction): Statement[] {
  const role = `Functions${name.slice(0, 1).toUpperCase()}${name.slice(1)}ExecutionRole`;
  const isOfRole = (part: unknown) => JSON.stringify(part ?? '').includes(`"Ref":"${role}`);
  const resolve = resolverOf(template);
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy' || Type === 'AWS::IAM::Policy')
    .filter(({ Properties }) => isOfRole(Properties.Roles))
    .flatMap(
      ({ Properties }) => (resolve(Properties.PolicyDocument) as { Statement: Statement[] }).Statement,
    );
}
