import { dirname } from 'node:path';
import { z } from 'zod';
import { inWords, problemsOf, prototypeKeys } from '../api/policy-problems.ts';
import { type FilesBeside, type PolicyBeside, readBeside } from './deployment-beside.ts';
import {
  checkDeployment,
  type Known,
  type Partition,
  partitionOf,
  usualIdentity,
} from './deployment-checks.ts';
import { type DeploymentFile, deploymentFile, type profileNames } from './deployment-file.ts';
import { byPlace, type PlacedProblem, readSourceText, readText } from './policy/source-text.ts';

/** What `deployment.yaml` says, with every default in its place: the one thing that the stack is made from. */
export interface DeploymentConfig
  extends Omit<DeploymentFile, '$schema' | 'identity' | 'saml' | 'policy' | 'targets'> {
  readonly partition: Partition;
  readonly identity: Identity;
  readonly policy: PolicyBeside;
  readonly targets: Omit<DeploymentFile['targets'], 'externalId'> & {
    /** the current one, and while it is changed a second one */
    readonly externalIds: readonly [string, string?];
  };
}

export type Identity = OpenIdProvider | SamlProvider;

export interface OpenIdProvider {
  readonly kind: 'openid';
  readonly profile: (typeof profileNames)[number];
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  readonly scope: string;
  /** what `config.json` has under this name; null: nothing */
  readonly resource: string | null;
  /** of issuer and token endpoint, without repetition: what the pages may call besides their own origin */
  readonly origins: readonly string[];
}

export interface SamlProvider extends Omit<NonNullable<DeploymentFile['saml']>, 'metadata'> {
  readonly kind: 'saml';
  /** an address that Amazon Cognito reads, or the document itself */
  readonly metadata: { readonly url: string } | { readonly xml: string };
}

export type ConfigReading =
  | { readonly ok: true; readonly config: DeploymentConfig }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] };

/**
 * A deployment file and the files that it names, or all that is wrong with them.
 * @param file a path of YAML or JSON; what it names is sought from its folder
 */
export function readConfig(file: string): ConfigReading {
  const text = readText(file);
  if (typeof text !== 'string') {
    return refused([{ file, line: 1, column: 1, path: [], message: `could not be read: ${text.reason}` }]);
  }
  const source = readSourceText(text, file);
  if (source.content === undefined) return refused(source.problems);
  const parsed = deploymentFile.safeParse(source.content, { error: inWords });
  const known = wellWritten(deploymentFile, source.content) as Known<DeploymentFile> | undefined;
  const beside = readBeside(known ?? {}, dirname(file));
  const problems = [
    ...prototypeKeys(source.content),
    ...problemsOf(parsed.error?.issues ?? []),
    ...(known === undefined ? [] : checkDeployment(known)),
    ...beside.problems,
  ].map(source.place);
  const all = [...source.problems, ...problems, ...beside.placed];
  if (!parsed.success || beside.policy === null || all.length > 0) return refused(all);
  return { ok: true, config: configOf(parsed.data, beside, beside.policy) };
}

function refused(problems: readonly PlacedProblem[]): ConfigReading {
  return { ok: false, problems: [...problems].sort(byPlace) };
}

/** Of a value that its schema refuses, the fields that are well written; undefined where nothing is. */
function wellWritten(schema: z.core.$ZodType, value: unknown): unknown {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return wellWritten(schema.unwrap(), value);
  }
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null || Array.isArray(value))
    return undefined;
  const fields = new Map(Object.entries(value));
  return Object.fromEntries(
    Object.entries(schema.shape).map(([name, field]) => [name, wellWritten(field, fields.get(name))]),
  );
}

function configOf(file: DeploymentFile, beside: FilesBeside, policy: PolicyBeside): DeploymentConfig {
  const { $schema: _, identity, saml, targets, branding, ...rest } = file;
  const partition = partitionOf(file.region);
  const who = saml === undefined ? identity && openIdOf(identity) : samlOf(saml, beside.metadata);
  if (partition === undefined || who === undefined)
    throw new Error('The checks let through what they refuse.');
  const { externalId, ...others } = targets;
  const [current = '', next] = externalId;
  return {
    ...rest,
    partition,
    identity: who,
    policy,
    targets: { ...others, externalIds: next === undefined ? [current] : [current, next] },
    branding: { ...branding, ...(beside.logo !== null && { logo: beside.logo }) },
  };
}

function openIdOf({ profile, resource, ...named }: NonNullable<DeploymentFile['identity']>): OpenIdProvider {
  const { issuer, clientId, audience } = named;
  const usual = usualIdentity[profile];
  return {
    kind: 'openid',
    profile,
    issuer,
    clientId,
    audience,
    scope: named.scope ?? usual.scope(audience),
    resource: (resource ?? usual.resource) ? audience : null,
    origins: [...new Set([new URL(issuer).origin, ...named.origins])],
  };
}

function samlOf(saml: NonNullable<DeploymentFile['saml']>, xml: string | null): SamlProvider {
  return { ...saml, kind: 'saml', metadata: xml === null ? { url: saml.metadata } : { xml } };
}
